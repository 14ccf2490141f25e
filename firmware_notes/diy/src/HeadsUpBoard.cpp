#include "HeadsUpBoard.h"

#include <Arduino.h>
#include <ArduinoBLE.h>
#include <stdlib.h>

namespace headsup {
namespace {

const uint32_t BATTERY_EVERY_MS = 60000;
/* ArduinoBLE cuts a longer write down to the room there is: with room for more than 3 bytes a wrong length shows. */
const int COMMAND_ROOM = 20;

BLEService sensorService("34c2e3bb-34aa-11eb-adc1-0242ac120002");
BLECharacteristic data("34c2e3bc-34aa-11eb-adc1-0242ac120002", BLENotify, HU_NOTIFICATION_MAX);
BLECharacteristic configuration("34c2e3be-34aa-11eb-adc1-0242ac120002", BLERead | BLEWrite, COMMAND_ROOM);
BLEService descriptionService("caa25cb7-7e1b-44f2-adc9-e8c06c9ced43");
BLECharacteristic sensorList("caa25cb9-7e1b-44f2-adc9-e8c06c9ced43", BLERead, 2);
BLECharacteristic request("caa25cba-7e1b-44f2-adc9-e8c06c9ced43", BLEWrite, COMMAND_ROOM);
/* Not notified: ArduinoBLE would cut it to the MTU without a word. Reading goes in pieces. */
BLECharacteristic description("caa25cbb-7e1b-44f2-adc9-e8c06c9ced43", BLERead, HU_DESCRIPTION_MAX);
BLEService batteryService("180F");
BLECharacteristic batteryLevel("2A19", BLERead | BLENotify, 1);
BLEService deviceService("180A");
BLECharacteristic makerName("2A29", BLERead, 32);
BLECharacteristic modelName("2A24", BLERead, 32);
BLECharacteristic firmwareVersion("2A26", BLERead, 16);

Hardware hardware;
hu_stream stream;
hu_frame frame;
hu_clock boardClock;
uint8_t samples; /* per notification on this link */
uint32_t batteryReadMs;
bool stale; /* what the IMU has ready was measured before anybody listened */
bool alone; /* the host has left, and nobody was told yet that the board is free */

void beginFrame() {
    hu_frame_begin(&frame, hardware.profile->kind, samples, hardware.profile->rates_hz[stream.rate]);
}

void beginStream() {
    stale = true;
    beginFrame();
}

/* Whether a sample is wanted: somebody listens, and it was measured since. */
bool isWanted() {
    if (!isStreaming()) return false;
    const bool old = stale;
    stale = false;
    return !old;
}

void tellConfiguration() {
    const uint8_t now[HU_COMMAND_SIZE] = {HU_SENSOR_ID, stream.rate, (uint8_t)(stream.on ? HU_FLAG_STREAM : 0)};
    configuration.writeValue(now, sizeof now);
}

void onConfiguration(BLEDevice, BLECharacteristic written) {
    /* ArduinoBLE has answered already: what an ATT error would refuse can only be ignored. */
    hu_status status =
        hu_configure(&stream, hardware.profile, written.value(), static_cast<size_t>(written.valueLength()));
    if (status == HU_ACCEPTED && stream.on) {
        if (!hardware.setRate(stream.rate)) stream.on = false;
        beginStream();
    }
    tellConfiguration();
}

void onSubscribed(BLEDevice, BLECharacteristic) { beginStream(); }

void onDisconnected(BLEDevice) {
    stream = hu_stream();
    samples = hardware.samples;
    alone = true;
    tellConfiguration();
}

void readBattery() {
    const uint8_t percent = hu_battery_percent(hardware.millivolts());
    batteryLevel.writeValue(&percent, 1);
    batteryReadMs = millis();
}

/* ArduinoBLE tells how much of a notification went out: less than all of it shows how small this link is. */
void send(const uint8_t *bytes, size_t length) {
    if (length == 0) return;
    const int sent = data.writeValue(bytes, static_cast<int>(length));
    if (sent > 0 && static_cast<size_t>(sent) < length) {
        const uint16_t mtu = static_cast<uint16_t>(sent + HU_ATT_OVERHEAD);
        samples = hu_samples_for_mtu(hardware.profile->kind, mtu, samples);
        beginFrame(); /* with none that fit it sends nothing any more */
    }
}

}  // namespace

bool begin(const Hardware &wanted) {
    hardware = wanted;
    samples = wanted.samples;
    stream = hu_stream();
    uint8_t described[HU_DESCRIPTION_MAX];
    const size_t length = hu_describe(wanted.profile, described, sizeof described);
    if (length == 0 || !BLE.begin()) return false;

    const String address = BLE.address(); /* "c0:ff:ee:00:1a:2b" */
    char name[HU_NAME_SIZE];
    hu_name(static_cast<uint8_t>(strtoul(address.c_str() + 12, nullptr, 16)),
            static_cast<uint8_t>(strtoul(address.c_str() + 15, nullptr, 16)), name);
    BLE.setDeviceName(name);
    BLE.setLocalName(name);
    BLE.setAdvertisedService(sensorService);
    BLE.setAdvertisingInterval(160);   /* x 0.625 ms */
    BLE.setConnectionInterval(12, 24); /* x 1.25 ms: 15 to 30 ms */
    BLE.setSupervisionTimeout(400);    /* x 10 ms */

    sensorService.addCharacteristic(data);
    sensorService.addCharacteristic(configuration);
    descriptionService.addCharacteristic(sensorList);
    descriptionService.addCharacteristic(request);
    descriptionService.addCharacteristic(description);
    deviceService.addCharacteristic(makerName);
    deviceService.addCharacteristic(modelName);
    deviceService.addCharacteristic(firmwareVersion);
    BLE.addService(sensorService);
    BLE.addService(descriptionService);
    BLE.addService(deviceService);
    if (wanted.millivolts != nullptr) {
        batteryService.addCharacteristic(batteryLevel);
        BLE.addService(batteryService);
        readBattery();
    }

    const uint8_t list[] = {1, HU_SENSOR_ID};
    sensorList.writeValue(list, sizeof list);
    description.writeValue(described, static_cast<int>(length));
    makerName.writeValue("Heads Up reference firmware");
    modelName.writeValue(wanted.model);
    firmwareVersion.writeValue("1.0.0");
    tellConfiguration();

    configuration.setEventHandler(BLEWritten, onConfiguration);
    data.setEventHandler(BLESubscribed, onSubscribed);
    BLE.setEventHandler(BLEDisconnected, onDisconnected);
    return BLE.advertise() != 0;
}

void poll() {
    BLE.poll();
    if (alone) { /* most versions of ArduinoBLE do so by themselves; twice does no harm */
        alone = false;
        BLE.advertise();
    }
    hu_clock_us(&boardClock, micros()); /* also while nobody listens: the clock must not miss a wrap */
    if (hardware.millivolts != nullptr && millis() - batteryReadMs >= BATTERY_EVERY_MS) readBattery();
}

bool isStreaming() { return stream.on && data.subscribed(); }

void add(uint32_t timer_us, const int16_t sample[HU_AXES]) {
    uint8_t out[HU_NOTIFICATION_MAX];
    if (isWanted()) send(out, hu_frame_add_i16(&frame, hu_clock_us(&boardClock, timer_us), sample, out));
}

void add(uint32_t timer_us, const float sample[HU_AXES]) {
    uint8_t out[HU_NOTIFICATION_MAX];
    if (isWanted()) send(out, hu_frame_add_f32(&frame, hu_clock_us(&boardClock, timer_us), sample, out));
}

}  // namespace headsup
