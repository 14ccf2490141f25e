#include "headsup_control.h"

hu_status hu_configure(hu_stream *stream, const hu_profile *profile, const uint8_t *data, size_t length) {
    if (length != HU_COMMAND_SIZE) return HU_INVALID_LENGTH;
    const uint8_t id = data[0], rate = data[1], flags = data[2];
    /* A flag not known here asks for something this board cannot do: better refused than half done. */
    if (id != HU_SENSOR_ID || (flags & ~HU_FLAG_STREAM) != 0) return HU_NOT_ALLOWED;
    if ((flags & HU_FLAG_STREAM) == 0) { /* stop: the rate does not matter */
        stream->on = false;
        return HU_ACCEPTED;
    }
    if (rate >= profile->rate_count) return HU_NOT_ALLOWED;
    stream->on = true;
    stream->rate = rate;
    return HU_ACCEPTED;
}

hu_status hu_request(const uint8_t *data, size_t length) {
    if (length != 1) return HU_INVALID_LENGTH;
    return data[0] == HU_SENSOR_ID ? HU_ACCEPTED : HU_NOT_ALLOWED;
}

uint64_t hu_clock_us(hu_clock *clock, uint32_t timer_us) {
    if (!clock->begun) {
        clock->begun = true;
        clock->last = timer_us;
    }
    uint32_t behind = clock->last - timer_us; /* modulo 2^32 */
    uint64_t last_us = ((uint64_t)clock->wraps << 32) | clock->last;
    if (behind != 0 && behind <= UINT32_MAX / 2 && behind <= last_us) return last_us - behind;
    if (timer_us < clock->last) clock->wraps++;
    clock->last = timer_us;
    return ((uint64_t)clock->wraps << 32) | timer_us;
}

uint8_t hu_battery_percent(uint16_t millivolts) {
    /* A usual discharge curve of such cells at about C/10; between the points in straight lines. */
    static const struct {
        uint16_t millivolts;
        uint8_t percent;
    } CURVE[] = {{3300, 0}, {3600, 5}, {3700, 15}, {3750, 30}, {3800, 45}, {3900, 65}, {4000, 80}, {4100, 93}, {4180, 100}};
    const int points = (int)(sizeof CURVE / sizeof CURVE[0]);
    if (millivolts <= CURVE[0].millivolts) return 0;
    for (int i = 1; i < points; i++) {
        if (millivolts < CURVE[i].millivolts) {
            unsigned into = (unsigned)(millivolts - CURVE[i - 1].millivolts);
            unsigned width = (unsigned)(CURVE[i].millivolts - CURVE[i - 1].millivolts);
            unsigned rise = (unsigned)(CURVE[i].percent - CURVE[i - 1].percent);
            return (uint8_t)(CURVE[i - 1].percent + into * rise / width);
        }
    }
    return 100;
}
