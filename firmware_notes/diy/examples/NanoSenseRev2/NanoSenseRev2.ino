/*
 * Arduino Nano 33 BLE Sense Rev2 (BMI270): raw counts at 16 g and 2000 deg/s, 50 or 100 Hz.
 *
 * Board package "Arduino Mbed OS Nano Boards"; libraries "ArduinoBLE", "Arduino_BMI270_BMM150", and this one.
 * Checked against stand-ins for those libraries on a computer; compiled for no board and run on none.
 *
 * The chip is read past the library's readAcceleration(): that one is scaled for 4 g, and on this board it mirrors the
 * axes (the library's pull request 68), which turns the sense of every rotation round.
 */
#include <Arduino_BMI270_BMM150.h>
#include <HeadsUpBoard.h>

class Imu : public BoschSensorClass {
public:
    Imu() : BoschSensorClass(Wire1) {}

    bool setRate(uint8_t index) {
        if (chip == nullptr) return false;
        struct bmi2_sens_config config[2];
        config[0].type = BMI2_ACCEL;
        config[1].type = BMI2_GYRO;
        if (bmi2_get_sensor_config(config, 2, chip) != BMI2_OK) return false;
        config[0].cfg.acc.odr = index == 0 ? BMI2_ACC_ODR_50HZ : BMI2_ACC_ODR_100HZ;
        config[0].cfg.acc.range = BMI2_ACC_RANGE_16G;
        config[1].cfg.gyr.odr = index == 0 ? BMI2_GYR_ODR_50HZ : BMI2_GYR_ODR_100HZ;
        config[1].cfg.gyr.range = BMI2_GYR_RANGE_2000;
        return bmi2_set_sensor_config(config, 2, chip) == BMI2_OK;
    }

    /* A new sample, if there is one. */
    bool read(int16_t sample[HU_AXES]) {
        struct bmi2_sens_data now;
        if (chip == nullptr || !accelerationAvailable() || bmi2_get_sensor_data(&now, chip) != BMI2_OK) return false;
        const int16_t values[] = {now.acc.x, now.acc.y, now.acc.z, now.gyr.x, now.gyr.y, now.gyr.z};
        for (int i = 0; i < HU_AXES; i++) sample[i] = values[i];
        return true;
    }

protected:
    /* Called by begin(): the only way to the chip that the library leaves open. */
    int8_t configure_sensor(struct bmi2_dev *dev) override {
        chip = dev;
        return BoschSensorClass::configure_sensor(dev);
    }
    using BoschSensorClass::configure_sensor;

private:
    struct bmi2_dev *chip = nullptr;
};

static Imu imu;

static bool setRate(uint8_t index) { return imu.setRate(index); }

/* The board has no battery circuit. */
static const headsup::Hardware HARDWARE = {&HU_PROFILE_I16, 8, "Nano 33 BLE Sense Rev2", setRate, nullptr};

static void stopWithLight() {
    pinMode(LED_BUILTIN, OUTPUT);
    for (;;) {
        digitalWrite(LED_BUILTIN, HIGH);
        delay(1000);
    }
}

void setup() {
    if (!imu.begin() || !headsup::begin(HARDWARE)) stopWithLight();
}

void loop() {
    headsup::poll();
    if (!headsup::isStreaming()) return;
    const uint32_t now_us = micros();
    int16_t sample[HU_AXES];
    if (imu.read(sample)) headsup::add(now_us, sample);
}
