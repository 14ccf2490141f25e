"""The report's section on shoulders: each sensor's score as far as it may be believed, and left against right."""

from __future__ import annotations

from monitor.review.report_charts import shoulder_chart
from monitor.review.report_parts import figure, para, percent, section
from monitor.review.report_words import NOT_VISIBLE, SITE_WORDS
from monitor.review.reviewed import ReviewedRun
from monitor.review.shoulders import ShoulderMetrics, Sight
from monitor.review.svg import text


def shoulders_section(run: ReviewedRun) -> str:
    """The section as HTML."""
    analysis, metrics = run.analysis, run.metrics
    sensors = metrics.shoulder_sensors
    if metrics.shoulders is None:
        nowhere = f"Shoulders: {NOT_VISIBLE}. No sensor of this run saw them while running."
        return section("shoulders", "Shoulders", para(nowhere))
    parts, on = [], analysis.settings.shoulders.on
    for i, sensor in enumerate(sensors):
        if len(sensors) > 1:
            parts.append(f"<h3>{text(SITE_WORDS[sensor.site].capitalize())}</h3>")
        if sensor.mean is not None:
            limit = on if sensor.sees is Sight.CLEAR else None
            track, span_s = analysis.tracks[sensor.sensor], metrics.duration_s
            parts.append(figure(shoulder_chart(track, span_s, limit)))
        parts.append(f"<p>{sensor_line(f'metrics.shoulder_sensors.{i}', sensor, on)}</p>")
    if metrics.asymmetry is not None:
        parts.append(f"<h3>Left against right</h3>{para(metrics.asymmetry.words)}")
    return section("shoulders", "Shoulders", *parts)


def sensor_line(at: str, sensor: ShoulderMetrics, limit: float) -> str:
    """What one sensor tells of its shoulder, claiming no more than it sees; markup. `at`: its place in the JSON."""
    separation = "" if sensor.d_prime is None else f" (d' {sensor.d_prime:.1f})"
    if sensor.sees is Sight.NONE:
        return text(f"{NOT_VISIBLE.capitalize()}{separation}: nothing is said of this shoulder.")
    if sensor.sees is Sight.UNCALIBRATED:
        return "No shrug was shown to this sensor at calibration, so nothing is said of this shoulder."
    if sensor.mean is None:
        return "No running was seen well enough."
    average = f"Mean {percent(f'{at}.mean', sensor.mean)} of your own shrug"
    if sensor.sees is Sight.WEAK:
        return (
            text(f"Weak{separation}: a shrug hardly shows from here, so there is no limit and no cue. ") + f"{average}."
        )
    past = percent(f"{at}.past_share", sensor.past_share)
    return f"{average}; above {100 * limit:.0f} % for {past} of the running seen."
