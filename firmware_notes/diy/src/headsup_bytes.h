/* Numbers as little-endian bytes, whatever the byte order of the processor. */
#ifndef HEADSUP_BYTES_H
#define HEADSUP_BYTES_H

#include <stdint.h>
#include <string.h>

static inline void hu_put_u16(uint8_t *out, uint16_t value) {
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

static inline void hu_put_u32(uint8_t *out, uint32_t value) {
    hu_put_u16(out, (uint16_t)value);
    hu_put_u16(out + 2, (uint16_t)(value >> 16));
}

static inline void hu_put_u64(uint8_t *out, uint64_t value) {
    hu_put_u32(out, (uint32_t)value);
    hu_put_u32(out + 4, (uint32_t)(value >> 32));
}

static inline void hu_put_f32(uint8_t *out, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits); /* IEEE 754 single, as on every processor with a radio */
    hu_put_u32(out, bits);
}

#endif
