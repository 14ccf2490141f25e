/* A stand-in for Arduino_BMI270_BMM150 with the part of Bosch's BMI270 interface that the sketch uses. */
#ifndef FAKE_BMI270_H
#define FAKE_BMI270_H

#include <Arduino.h>

extern int16_t fakeSample[6]; /* acceleration, turning */
extern bool fakeReady, fakeMute;

enum { BMI2_OK = 0, BMI2_ACCEL = 0, BMI2_GYRO = 1 };
enum { BMI2_ACC_ODR_50HZ = 0x07, BMI2_ACC_ODR_100HZ = 0x08, BMI2_ACC_RANGE_16G = 0x03 };
enum { BMI2_GYR_ODR_50HZ = 0x07, BMI2_GYR_ODR_100HZ = 0x08, BMI2_GYR_RANGE_2000 = 0x00 };

struct bmi2_dev {
    int unused;
};
struct bmm150_dev {
    int unused;
};
struct bmi2_sens_axes_data {
    int16_t x, y, z;
};
struct bmi2_sens_data {
    bmi2_sens_axes_data acc, gyr;
};
struct bmi2_accel_config {
    uint8_t odr, bwp, filter_perf, range;
};
struct bmi2_gyro_config {
    uint8_t odr, bwp, filter_perf, noise_perf, range;
};
struct bmi2_sens_config {
    uint8_t type;
    union {
        bmi2_accel_config acc;
        bmi2_gyro_config gyr;
    } cfg;
};

inline int8_t bmi2_get_sensor_config(bmi2_sens_config *config, uint8_t count, bmi2_dev *) {
    for (int i = 0; i < count; i++) config[i].cfg.gyr = bmi2_gyro_config();
    return fakeMute ? -1 : BMI2_OK;
}

inline int8_t bmi2_set_sensor_config(bmi2_sens_config *config, uint8_t, bmi2_dev *) {
    printf("register acc %02x range %02x\n", config[0].cfg.acc.odr, config[0].cfg.acc.range);
    return fakeMute ? -1 : BMI2_OK;
}

inline int8_t bmi2_get_sensor_data(bmi2_sens_data *data, bmi2_dev *) {
    data->acc = bmi2_sens_axes_data{fakeSample[0], fakeSample[1], fakeSample[2]};
    data->gyr = bmi2_sens_axes_data{fakeSample[3], fakeSample[4], fakeSample[5]};
    fakeReady = false;
    return BMI2_OK;
}

class BoschSensorClass {
public:
    explicit BoschSensorClass(TwoWire &) {}
    virtual ~BoschSensorClass() {}
    int begin() {
        static bmi2_dev chip;
        static bmm150_dev compass;
        return !fakeMute && configure_sensor(&chip) == BMI2_OK && configure_sensor(&compass) == BMI2_OK;
    }
    virtual int accelerationAvailable() { return fakeReady; }

protected:
    virtual int8_t configure_sensor(struct bmm150_dev *) { return BMI2_OK; }
    virtual int8_t configure_sensor(struct bmi2_dev *) { return BMI2_OK; }
};

#endif
