/*
 * Runs a board's sketch (named by SKETCH) on a computer: standard input plays the central, the IMU and the clock, one
 * command a line. What the board does is printed.
 */
#include <Arduino.h>
#include <ArduinoBLE.h>
#include SKETCH

#include <iostream>
#include <sstream>

uint32_t fakeMicros = 1000;
int fakeAnalog = 0;
TwoWire Wire1;
int fakeMtu = 23;
FakeRadio BLE;
int16_t fakeSample[6];
bool fakeReady = false, fakeMute = false;

static FakeCharacteristic *find(const std::string &start) {
    for (const BLEService &service : BLE.services) {
        for (const BLECharacteristic &each : service.characteristics) {
            if (each.fake->uuid.compare(0, start.size(), start) == 0) return each.fake.get();
        }
    }
    return nullptr;
}

static void tell(FakeCharacteristic *fake, int event) {
    if (fake->handlers.count(event) == 0) return;
    BLECharacteristic same("", 0, 0);
    same.fake = std::shared_ptr<FakeCharacteristic>(fake, [](FakeCharacteristic *) {});
    fake->handlers[event](BLEDevice(), same);
}

static void subscribe(const std::string &uuid, bool on) {
    FakeCharacteristic *fake = find(uuid);
    if (fake == nullptr || fake->subscribed == on) return;
    fake->subscribed = on;
    tell(fake, on ? BLESubscribed : BLEUnsubscribed);
}

static void write(const std::string &uuid, const std::string &hex) {
    FakeCharacteristic *fake = find(uuid);
    if (fake == nullptr) return;
    fake->value.clear();
    for (size_t i = 0; i + 1 < hex.size() && static_cast<int>(fake->value.size()) < fake->size; i += 2) {
        fake->value.push_back(static_cast<uint8_t>(strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
    }
    tell(fake, BLEWritten);
}

static void read(const std::string &uuid) {
    FakeCharacteristic *fake = find(uuid);
    printf("read %s ", uuid.c_str());
    if (fake != nullptr && (fake->properties & BLERead)) {
        for (uint8_t byte : fake->value) printf("%02x", byte);
    }
    puts(fake == nullptr ? "absent" : "");
}

static void disconnect() {
    for (const BLEService &service : BLE.services) {
        for (const BLECharacteristic &each : service.characteristics) each.fake->subscribed = false;
    }
    fakeMtu = 23;
    if (BLE.handlers.count(BLEDisconnected)) BLE.handlers[BLEDisconnected](BLEDevice());
}

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string what, uuid, hex;
        words >> what;
        if (what == "setup") setup();
        if (what == "mute") fakeMute = true;
        if (what == "mtu") words >> fakeMtu;
        if (what == "battery") words >> fakeAnalog;
        if (what == "subscribe" && words >> uuid) subscribe(uuid, true);
        if (what == "unsubscribe" && words >> uuid) subscribe(uuid, false);
        if (what == "write" && words >> uuid) write(uuid, words >> hex ? hex : "");
        if (what == "read" && words >> uuid) read(uuid);
        if (what == "disconnect") disconnect();
        if (what == "sample" && words >> fakeMicros) {
            for (int16_t &number : fakeSample) words >> number;
            fakeReady = true;
        }
        if (what == "at") words >> fakeMicros;
        if (what != "setup") loop();
    }
    return 0;
}
