/*
 * The open sensor profile on ArduinoBLE: services, commands, life of the stream. A sketch adds the IMU.
 *
 * Compiled and run on a computer against stand-ins for the Arduino libraries (tests/firmware); compiled for no board
 * and run on none. MIT licence, as the whole of Heads Up.
 */
#ifndef HEADSUP_BOARD_H
#define HEADSUP_BOARD_H

#include <stdint.h>

#include "headsup_control.h"
#include "headsup_frame.h"

namespace headsup {

/* What differs from board to board. */
struct Hardware {
    const hu_profile *profile;
    uint8_t samples;                /* per notification, where the link allows it */
    const char *model;              /* as in the device information service */
    bool (*setRate)(uint8_t index); /* sets the IMU to the profile's rate; false where it does not answer */
    uint16_t (*millivolts)();       /* of the battery; nullptr where the board cannot measure it */
};

/* Begins Bluetooth and advertises. False where the profile or the radio will not do. */
bool begin(const Hardware &hardware);

/* To be called in every turn of loop(). */
void poll();

/* A host wants samples now. */
bool isStreaming();

/* One sample, read from the IMU at `timer_us` of micros(). The one that fits the profile's kind of numbers. */
void add(uint32_t timer_us, const int16_t sample[HU_AXES]);
void add(uint32_t timer_us, const float sample[HU_AXES]);

}  // namespace headsup

#endif
