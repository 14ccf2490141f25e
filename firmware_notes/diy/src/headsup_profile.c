#include "headsup_profile.h"

#include <string.h>

#include "headsup_bytes.h"

enum { OPTION_STREAMS = 0x01, OPTION_LISTS_RATES = 0x10 };

static const float USUAL_RATES_HZ[] = {50.0F, 100.0F};

const hu_profile HU_PROFILE_F32 = {HU_F32, "m/s^2", "dps", USUAL_RATES_HZ, 2, 1};
const hu_profile HU_PROFILE_I16 = {HU_I16, "g/2048", "dps/16.384", USUAL_RATES_HZ, 2, 1};

/* Where to write next; `bad` once something did not fit. */
typedef struct {
    uint8_t *out;
    size_t capacity;
    size_t used;
    bool bad;
} writer;

static void put(writer *w, const void *bytes, size_t size) {
    if (w->bad || size > w->capacity - w->used) {
        w->bad = true;
        return;
    }
    memcpy(w->out + w->used, bytes, size);
    w->used += size;
}

static void put_u8(writer *w, uint8_t value) { put(w, &value, 1); }

static void put_text(writer *w, const char *text) {
    size_t size = strlen(text);
    put_u8(w, (uint8_t)size);
    put(w, text, size);
}

static bool unit_is_valid(const char *unit) {
    return unit != NULL && unit[0] != '\0' && memchr(unit, '\0', HU_MAX_UNIT + 1) != NULL;
}

bool hu_profile_is_valid(const hu_profile *profile) {
    if (profile == NULL || (profile->kind != HU_F32 && profile->kind != HU_I16)) return false;
    if (!unit_is_valid(profile->acc_unit) || !unit_is_valid(profile->gyr_unit)) return false;
    if (profile->rates_hz == NULL || profile->rate_count < 1 || profile->rate_count > HU_MAX_RATES) return false;
    if (profile->default_rate >= profile->rate_count) return false;
    for (uint8_t i = 0; i < profile->rate_count; i++) {
        /* The negation also refuses what is not a number. */
        if (!(profile->rates_hz[i] >= 1.0F && profile->rates_hz[i] <= 1000.0F)) return false;
    }
    return true;
}

size_t hu_describe(const hu_profile *profile, uint8_t *out, size_t capacity) {
    static const char *const GROUPS[] = {"ACC", "GYRO"};
    static const char *const AXES[] = {"X", "Y", "Z"};
    if (!hu_profile_is_valid(profile) || out == NULL) return 0;
    writer w = {out, capacity, 0, false};
    put_u8(&w, HU_SENSOR_ID);
    put_text(&w, "IMU");
    put_u8(&w, HU_AXES);
    for (int i = 0; i < HU_AXES; i++) {
        put_u8(&w, (uint8_t)profile->kind);
        put_text(&w, GROUPS[i / 3]);
        put_text(&w, AXES[i % 3]);
        put_text(&w, i < 3 ? profile->acc_unit : profile->gyr_unit);
    }
    put_u8(&w, OPTION_STREAMS | OPTION_LISTS_RATES);
    put_u8(&w, profile->rate_count);
    put_u8(&w, profile->default_rate);
    put_u8(&w, (uint8_t)(profile->rate_count - 1)); /* the highest index that streams */
    for (uint8_t i = 0; i < profile->rate_count; i++) {
        uint8_t bytes[4];
        hu_put_f32(bytes, profile->rates_hz[i]);
        put(&w, bytes, sizeof bytes);
    }
    return w.bad ? 0 : w.used;
}

size_t hu_number_size(hu_kind kind) { return kind == HU_F32 ? 4 : 2; }

size_t hu_sample_size(hu_kind kind) { return HU_AXES * hu_number_size(kind); }

void hu_name(uint8_t last_but_one, uint8_t last, char out[HU_NAME_SIZE]) {
    static const char DIGITS[] = "0123456789ABCDEF";
    const uint8_t nibbles[] = {(uint8_t)(last_but_one >> 4), last_but_one & 15, (uint8_t)(last >> 4), last & 15};
    memcpy(out, "HeadsUp-", 8);
    for (int i = 0; i < 4; i++) out[8 + i] = DIGITS[nibbles[i]];
    out[12] = '\0';
}
