/*
 * Drives the packing core from standard input, for tests under sanitizers: the input is a row of commands, each an
 * operation u8, a length u8 and that many bytes. Every buffer has exactly the size the core is told, so that a byte
 * too far is found. Prints, for each command, what it answered in hex.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "headsup_control.h"
#include "headsup_frame.h"

static void print(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
    putchar('\n');
}

static uint64_t u64(const uint8_t *at) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | at[i];
    return value;
}

static void describe(const uint8_t *data, size_t length) {
    if (length < 2) return;
    float rates[HU_MAX_RATES + 1];
    for (int i = 0; i <= HU_MAX_RATES; i++) rates[i] = 25.0F * (float)(i + 1);
    char unit[2 * HU_MAX_UNIT];
    size_t longest = sizeof unit - 1, text = length - 2 < longest ? length - 2 : longest;
    memcpy(unit, data + 2, text);
    unit[text] = '\0';
    hu_profile profile = {(data[0] & 1) ? HU_F32 : HU_I16, unit, unit, rates, (uint8_t)(data[0] >> 4), data[0] & 3};
    size_t capacity = data[1] * 2U;
    uint8_t *out = malloc(capacity ? capacity : 1);
    if (out != NULL) print(out, hu_describe(&profile, out, capacity));
    free(out);
}

static void add(hu_frame *frame, const uint8_t *data, size_t length) {
    uint8_t *out = malloc(HU_NOTIFICATION_MAX);
    size_t size = hu_sample_size(frame->kind), ready = 0;
    if (out != NULL && length == 8 + size) {
        if (frame->kind == HU_F32) {
            float sample[HU_AXES];
            memcpy(sample, data + 8, sizeof sample);
            ready = hu_frame_add_f32(frame, u64(data), sample, out);
        } else {
            int16_t sample[HU_AXES];
            memcpy(sample, data + 8, sizeof sample);
            ready = hu_frame_add_i16(frame, u64(data), sample, out);
        }
        print(out, ready);
    }
    free(out);
}

int main(void) {
    hu_stream stream = {false, 0};
    hu_clock clock = {false, 0, 0};
    hu_frame frame;
    hu_frame_begin(&frame, HU_F32, 4, 100.0F);
    int operation, length;
    while ((operation = getchar()) != EOF && (length = getchar()) != EOF) {
        uint8_t *data = malloc(length > 0 ? (size_t)length : 1);
        if (data == NULL) return 2;
        size_t got = fread(data, 1, (size_t)length, stdin);
        switch (operation % 6) {
            case 0:
                printf("%02x %d %d\n", hu_configure(&stream, &HU_PROFILE_F32, data, got), stream.on, stream.rate);
                break;
            case 1:
                printf("%02x\n", hu_request(data, got));
                break;
            case 2:
                if (got == 3) {
                    float rate_hz = (float)data[2] * 5.0F;
                    printf("%d\n", hu_frame_begin(&frame, (data[0] & 1) ? HU_F32 : HU_I16, data[1], rate_hz));
                }
                break;
            case 3:
                add(&frame, data, got);
                break;
            case 4:
                describe(data, got);
                break;
            default:
                if (got >= 4) {
                    uint32_t timer = (uint32_t)(data[0] | data[1] << 8 | data[2] << 16) | (uint32_t)data[3] << 24;
                    uint16_t low = (uint16_t)timer;
                    printf("%llx %d %d\n", (unsigned long long)hu_clock_us(&clock, timer), hu_battery_percent(low),
                           hu_samples_for_mtu((low & 1) ? HU_F32 : HU_I16, low, data[3]));
                }
        }
        free(data);
    }
    return 0;
}
