/*
 * What the board says of itself: the numbers it sends, their units, its rates. See ../SPEC.md, section 4.
 * C99, no heap, no operating system, no global state. MIT licence, as the whole of Heads Up.
 */
#ifndef HEADSUP_PROFILE_H
#define HEADSUP_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    HU_SENSOR_ID = 0,
    HU_AXES = 6, /* acceleration x y z, turning x y z: always in this order */
    HU_MAX_RATES = 8,
    HU_MAX_UNIT = 32,         /* bytes of a unit string */
    HU_DESCRIPTION_MAX = 480, /* the longest description that these bounds allow fits */
    HU_NAME_SIZE = 13         /* "HeadsUp-1A2B" and its end */
};

/* Type codes of the numbers, as they go into the description. */
typedef enum { HU_I16 = 2, HU_F32 = 6 } hu_kind;

typedef struct {
    hu_kind kind;
    const char *acc_unit; /* such as "m/s^2" or "g/2048": it carries the scale, SPEC.md section 4.2 */
    const char *gyr_unit;
    const float *rates_hz; /* ascending; every one of them streams */
    uint8_t rate_count;    /* 1 to HU_MAX_RATES */
    uint8_t default_rate;  /* an index into rates_hz */
} hu_profile;

/* Numbers as SI-like floats, 50 and 100 Hz: nothing to get wrong. */
extern const hu_profile HU_PROFILE_F32;
/* Raw counts of a chip with 2048 per g and 16.384 per deg/s, such as the BMI270 at 16 g and 2000 deg/s. */
extern const hu_profile HU_PROFILE_I16;

/* Whether a profile is within the bounds above. */
bool hu_profile_is_valid(const hu_profile *profile);

/* Writes the description; returns its length, or 0 for an invalid profile or too little room. */
size_t hu_describe(const hu_profile *profile, uint8_t *out, size_t capacity);

/* Bytes of one number, and of one sample. */
size_t hu_number_size(hu_kind kind);
size_t hu_sample_size(hu_kind kind);

/* The name to advertise, from the last two bytes of the address as people read it. */
void hu_name(uint8_t last_but_one, uint8_t last, char out[HU_NAME_SIZE]);

#ifdef __cplusplus
}
#endif
#endif
