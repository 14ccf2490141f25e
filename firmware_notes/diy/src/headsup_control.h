/* What a host may write, the clock and the battery. See ../SPEC.md, sections 6 to 8. C99, no heap, no global state. */
#ifndef HEADSUP_CONTROL_H
#define HEADSUP_CONTROL_H

#include "headsup_profile.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { HU_FLAG_STREAM = 0x01, HU_COMMAND_SIZE = 3 };

/* The ATT error codes to answer a write with; 0 = accepted. */
typedef enum { HU_ACCEPTED = 0x00, HU_INVALID_LENGTH = 0x0D, HU_NOT_ALLOWED = 0x13 } hu_status;

/* What the host asked for. All zero = off, as after switching on and after every disconnect. */
typedef struct {
    bool on;
    uint8_t rate; /* an index into the profile's rates */
} hu_stream;

/* A write to the configuration: sensor id, rate index, flags. Refused writes change nothing. */
hu_status hu_configure(hu_stream *stream, const hu_profile *profile, const uint8_t *data, size_t length);

/* A write to the description request: one byte, the sensor id. Accepted: answer with `hu_describe`. */
hu_status hu_request(const uint8_t *data, size_t length);

/* Microseconds as u64, from a timer of 32 bits that wraps after 71.6 minutes. Start with all zero. */
typedef struct {
    bool begun;
    uint32_t last;
    uint32_t wraps;
} hu_clock;

/*
 * To be called at least every half hour. A reading from a moment before the last one (a stamp taken in an interrupt) is
 * not taken for a wrap.
 */
uint64_t hu_clock_us(hu_clock *clock, uint32_t timer_us);

/* Percent left of a single lithium-polymer cell, from its voltage at rest or under a light load. An estimate. */
uint8_t hu_battery_percent(uint16_t millivolts);

#ifdef __cplusplus
}
#endif
#endif
