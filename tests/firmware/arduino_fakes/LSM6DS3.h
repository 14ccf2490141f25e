/* A stand-in for Seeed's LSM6DS3 library: registers, and a sample that is ready once. */
#ifndef FAKE_LSM6DS3_H
#define FAKE_LSM6DS3_H

#include <Arduino.h>
#include <string.h>

typedef enum { IMU_SUCCESS, IMU_HW_ERROR } status_t;
enum { I2C_MODE = 0 };

extern int16_t fakeSample[6]; /* acceleration, turning */
extern bool fakeReady, fakeMute;

class LSM6DS3 {
public:
    LSM6DS3(uint8_t, uint8_t) {}
    status_t begin() { return fakeMute ? IMU_HW_ERROR : IMU_SUCCESS; }
    status_t writeRegister(uint8_t at, uint8_t value) {
        printf("register %02x %02x\n", at, value);
        return fakeMute ? IMU_HW_ERROR : IMU_SUCCESS;
    }
    status_t readRegister(uint8_t *out, uint8_t) {
        *out = fakeReady ? 0x07 : 0x04;
        return fakeMute ? IMU_HW_ERROR : IMU_SUCCESS;
    }
    status_t readRegisterRegion(uint8_t *out, uint8_t at, uint8_t length) {
        if (at != 0x22 || length != 12) return IMU_HW_ERROR;
        for (int i = 0; i < 6; i++) {
            const uint16_t value = static_cast<uint16_t>(fakeSample[(i + 3) % 6]);
            out[2 * i] = static_cast<uint8_t>(value);
            out[2 * i + 1] = static_cast<uint8_t>(value >> 8);
        }
        fakeReady = false;
        return IMU_SUCCESS;
    }
};

#endif
