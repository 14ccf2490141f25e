/*
 * Seeed XIAO nRF52840 Sense (LSM6DS3TR-C): raw counts at 16 g and 2000 deg/s, 52 or 104 Hz.
 *
 * Board package "Seeed nRF52 mbed-enabled Boards"; libraries "ArduinoBLE", "Seeed Arduino LSM6DS3", and this one.
 * Checked against stand-ins for those libraries on a computer; compiled for no board and run on none. Register values
 * are from the LSM6DS3TR-C data sheet.
 */
#include <HeadsUpBoard.h>
#include <LSM6DS3.h>

static const uint8_t CTRL1_XL = 0x10, CTRL2_G = 0x11, CTRL3_C = 0x12, STATUS = 0x1E, OUT_X_G = 0x22;
static const uint8_t BOTH_READY = 0x03;
static const uint8_t ODR_52_HZ = 0x30, ODR_104_HZ = 0x40;
static const uint8_t FULL_SCALE_16_G = 0x04, FULL_SCALE_2000_DPS = 0x0C;
static const uint8_t WHOLE_SAMPLES_AND_NEXT_REGISTER = 0x44; /* block data update, address increment */

/* The chip's own rates and sensitivities: 0.488 mg and 70 mdps per count. */
static const float RATES_HZ[] = {52.0F, 104.0F};
static const hu_profile PROFILE = {HU_I16, "g/2049.18", "dps/14.2857", RATES_HZ, 2, 1};

static LSM6DS3 imu(I2C_MODE, 0x6A);

static bool setRate(uint8_t index) {
    const uint8_t rate = index == 0 ? ODR_52_HZ : ODR_104_HZ;
    return imu.writeRegister(CTRL1_XL, rate | FULL_SCALE_16_G) == IMU_SUCCESS &&
           imu.writeRegister(CTRL2_G, rate | FULL_SCALE_2000_DPS) == IMU_SUCCESS &&
           imu.writeRegister(CTRL3_C, WHOLE_SAMPLES_AND_NEXT_REGISTER) == IMU_SUCCESS;
}

/* The cell behind 1 megohm and 510 kilohm; the switch stays low, for a high one endangers the pin while charging. */
static uint16_t millivolts() {
    return static_cast<uint16_t>(analogRead(PIN_VBAT) * 3300L / 1023 * 1510 / 510);
}

static const headsup::Hardware HARDWARE = {&PROFILE, 8, "XIAO nRF52840 Sense", setRate, millivolts};

static void stopWithLight() {
    pinMode(LED_BUILTIN, OUTPUT);
    for (;;) {
        digitalWrite(LED_BUILTIN, LOW);
        delay(1000);
    }
}

void setup() {
    pinMode(PIN_VBAT_ENABLE, OUTPUT);
    digitalWrite(PIN_VBAT_ENABLE, LOW);
    if (imu.begin() != IMU_SUCCESS || !headsup::begin(HARDWARE)) stopWithLight();
}

void loop() {
    headsup::poll();
    if (!headsup::isStreaming()) return;
    uint8_t status = 0, raw[2 * HU_AXES];
    if (imu.readRegister(&status, STATUS) != IMU_SUCCESS || (status & BOTH_READY) != BOTH_READY) return;
    const uint32_t now_us = micros();
    if (imu.readRegisterRegion(raw, OUT_X_G, sizeof raw) != IMU_SUCCESS) return;
    int16_t sample[HU_AXES];
    for (int i = 0; i < HU_AXES; i++) {
        const int at = 2 * ((i + 3) % HU_AXES); /* the chip gives turning first, the profile acceleration */
        sample[i] = static_cast<int16_t>(raw[at] | raw[at + 1] << 8);
    }
    headsup::add(now_us, sample);
}
