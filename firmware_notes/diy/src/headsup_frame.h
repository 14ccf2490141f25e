/*
 * Samples into notifications: id, size, time of the first sample, evenly spaced samples, their step.
 * See ../SPEC.md, section 5. C99, no heap, no operating system, no global state.
 */
#ifndef HEADSUP_FRAME_H
#define HEADSUP_FRAME_H

#include "headsup_profile.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    HU_HEAD = 10, /* id u8, size u8, time u64 */
    HU_STEP = 2,
    HU_BODY_MAX = 255, /* what `size` can say */
    HU_NOTIFICATION_MAX = HU_HEAD + HU_BODY_MAX,
    HU_ATT_OVERHEAD = 3 /* of a notification: opcode and handle */
};

/* A notification in the making. All of it is private; `refused` may be read. */
typedef struct {
    hu_kind kind;
    uint8_t wanted;    /* samples per notification */
    uint8_t count;     /* samples so far */
    uint32_t step_us;  /* nominal */
    uint64_t first_us; /* of the first sample in `body` */
    uint64_t last_us;  /* of the newest sample, also of an earlier notification */
    bool begun;        /* `last_us` means something */
    uint32_t refused;  /* samples left out: not a number, or not later than the one before */
    uint8_t body[HU_BODY_MAX];
} hu_frame;

/* How many samples fit a notification on a link of this ATT MTU, at most `wanted`; 0 where not even one fits. */
uint8_t hu_samples_for_mtu(hu_kind kind, uint16_t mtu, uint8_t wanted);

/*
 * Begin a stream: forget what was there. `samples` per notification are brought down to what `size` can say, and to
 * one where the step would not fit its field. False, and nothing is ever sent, where `samples` is 0 or the rate is
 * not within 1 to 1000 Hz.
 */
bool hu_frame_begin(hu_frame *frame, hu_kind kind, uint8_t samples, float rate_hz);

/*
 * Add a sample measured at `t_us`. Returns the length of a notification now complete in `out`, else 0.
 * A notification ends early where the next sample is not evenly spaced (one was missed): it never bridges a gap.
 * Samples that are not finite, and those not later than the one before, are left out and counted.
 * The function must fit the kind given to `hu_frame_begin`; the other one adds nothing.
 */
size_t hu_frame_add_f32(hu_frame *frame, uint64_t t_us, const float sample[HU_AXES], uint8_t out[HU_NOTIFICATION_MAX]);
size_t hu_frame_add_i16(hu_frame *frame, uint64_t t_us, const int16_t sample[HU_AXES],
                        uint8_t out[HU_NOTIFICATION_MAX]);

/* The samples so far as a notification, before the stream stops; returns its length, 0 where there are none. */
size_t hu_frame_flush(hu_frame *frame, uint8_t out[HU_NOTIFICATION_MAX]);

#ifdef __cplusplus
}
#endif
#endif
