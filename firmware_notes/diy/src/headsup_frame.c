#include "headsup_frame.h"

#include <math.h>
#include <string.h>

#include "headsup_bytes.h"

/* A step may turn out half as long again as the nominal one before the notification is cut; it is sent as u16. */
enum { LONGEST_NOMINAL_STEP_US = 65535 * 2 / 3 };

static size_t most_samples(hu_kind kind, size_t body) {
    size_t size = hu_sample_size(kind);
    if (body < size) return 0;
    size_t with_step = (body - HU_STEP) / size;
    return with_step > 1 ? with_step : 1; /* a single sample has no step */
}

uint8_t hu_samples_for_mtu(hu_kind kind, uint16_t mtu, uint8_t wanted) {
    const size_t around = HU_ATT_OVERHEAD + HU_HEAD;
    size_t body = mtu > around ? mtu - around : 0;
    size_t most = most_samples(kind, body < HU_BODY_MAX ? body : HU_BODY_MAX);
    return most < wanted ? (uint8_t)most : wanted;
}

bool hu_frame_begin(hu_frame *frame, hu_kind kind, uint8_t samples, float rate_hz) {
    memset(frame, 0, sizeof *frame);
    frame->kind = kind;
    if (!(rate_hz >= 1.0F && rate_hz <= 1000.0F) || samples == 0) return false;
    frame->step_us = (uint32_t)(1e6F / rate_hz + 0.5F);
    if (frame->step_us > LONGEST_NOMINAL_STEP_US) samples = 1;
    size_t most = most_samples(kind, HU_BODY_MAX);
    frame->wanted = most < samples ? (uint8_t)most : samples;
    return true;
}

/* The step between the samples there are: measured, for the chip's rate is never quite the nominal one. */
static uint16_t measured_step_us(const hu_frame *frame) {
    uint64_t steps = frame->count - 1U;
    return (uint16_t)((frame->last_us - frame->first_us + steps / 2) / steps);
}

size_t hu_frame_flush(hu_frame *frame, uint8_t out[HU_NOTIFICATION_MAX]) {
    if (frame->count == 0) return 0;
    size_t size = frame->count * hu_sample_size(frame->kind);
    memcpy(out + HU_HEAD, frame->body, size);
    if (frame->count > 1) {
        hu_put_u16(out + HU_HEAD + size, measured_step_us(frame));
        size += HU_STEP;
    }
    out[0] = HU_SENSOR_ID;
    out[1] = (uint8_t)size;
    hu_put_u64(out + 2, frame->first_us);
    frame->count = 0;
    return HU_HEAD + size;
}

static bool is_even(const hu_frame *frame, uint64_t t_us) {
    uint64_t twice = 2 * (t_us - frame->last_us);
    return twice >= frame->step_us && twice <= 3 * (uint64_t)frame->step_us;
}

/* Takes the sample's bytes, written by the caller to `bytes`, which is not part of the frame. */
static size_t add(hu_frame *frame, uint64_t t_us, const uint8_t *bytes, uint8_t *out) {
    size_t ready = 0;
    if (frame->begun && t_us <= frame->last_us) {
        frame->refused++;
        return 0;
    }
    if (frame->count > 0 && !is_even(frame, t_us)) ready = hu_frame_flush(frame, out);
    if (frame->count == 0) frame->first_us = t_us;
    size_t size = hu_sample_size(frame->kind);
    memcpy(frame->body + frame->count * size, bytes, size);
    frame->count++;
    frame->last_us = t_us;
    frame->begun = true;
    /* A sample behind a gap is the first of a notification of several, so never two are ready at once. */
    return frame->count >= frame->wanted ? hu_frame_flush(frame, out) : ready;
}

size_t hu_frame_add_f32(hu_frame *frame, uint64_t t_us, const float sample[HU_AXES], uint8_t out[HU_NOTIFICATION_MAX]) {
    uint8_t bytes[HU_AXES * 4];
    if (frame->wanted == 0 || frame->kind != HU_F32) return 0;
    for (int i = 0; i < HU_AXES; i++) {
        if (!isfinite(sample[i])) {
            frame->refused++;
            return 0;
        }
        hu_put_f32(bytes + 4 * i, sample[i]);
    }
    return add(frame, t_us, bytes, out);
}

size_t hu_frame_add_i16(hu_frame *frame, uint64_t t_us, const int16_t sample[HU_AXES],
                        uint8_t out[HU_NOTIFICATION_MAX]) {
    uint8_t bytes[HU_AXES * 2];
    if (frame->wanted == 0 || frame->kind != HU_I16) return 0;
    for (int i = 0; i < HU_AXES; i++) hu_put_u16(bytes + 2 * i, (uint16_t)sample[i]);
    return add(frame, t_us, bytes, out);
}
