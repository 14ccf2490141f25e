"""The report's section on shoulders: each sensor's score as far as it may be believed, and left against right."""

from __future__ import annotations

from monitor.review.analysis import RunAnalysis
from monitor.review.metrics import RunMetrics
from monitor.review.report_charts import shoulder_chart
from monitor.review.report_words import NOT_VISIBLE, SITE_WORDS, share_words
from monitor.review.shoulders import ShoulderMetrics, Sight
from monitor.review.svg import text


def shoulders_section(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    """The section as HTML."""
    sensors = metrics.shoulder_sensors
    if metrics.shoulders is None:
        return f"<h2>Shoulders</h2><p>Shoulders: {NOT_VISIBLE}. No sensor of this run saw them while running.</p>"
    parts = ["<h2>Shoulders</h2>"]
    for sensor in sensors:
        if len(sensors) > 1:
            parts.append(f"<h3>{text(SITE_WORDS[sensor.site].capitalize())}</h3>")
        if sensor.mean is not None:
            limit = analysis.settings.shoulders.on if sensor.sees is Sight.CLEAR else None
            parts.append(shoulder_chart(analysis.tracks[sensor.sensor], metrics.duration_s, limit))
        parts.append(f"<p>{text(sensor_words(sensor, analysis.settings.shoulders.on))}</p>")
    if metrics.asymmetry is not None:
        parts.append(f"<h3>Left against right</h3><p>{text(metrics.asymmetry.words)}</p>")
    return "".join(parts)


def sensor_words(sensor: ShoulderMetrics, limit: float) -> str:
    """What one sensor tells of its shoulder, claiming no more than it sees."""
    separation = "" if sensor.d_prime is None else f" (d' {sensor.d_prime:.1f})"
    if sensor.sees is Sight.NONE:
        return f"{NOT_VISIBLE.capitalize()}{separation}: nothing is said of this shoulder."
    if sensor.sees is Sight.UNCALIBRATED:
        return "No shrug was shown to this sensor at calibration, so nothing is said of this shoulder."
    if sensor.mean is None:
        return "No running was seen well enough."
    average = f"Mean {100 * sensor.mean:.0f} % of your own shrug"
    if sensor.sees is Sight.WEAK:
        return f"Weak{separation}: a shrug hardly shows from here, so there is no limit and no cue. {average}."
    return f"{average}; above {100 * limit:.0f} % for {share_words(sensor.past_share)} of the running seen."
