/*
 * A stand-in for ArduinoBLE (signatures of 1.4): one central, which the test program plays. Like the library, it cuts a
 * write down to the characteristic's size, cuts a notification to the MTU and tells how much went out, and answers
 * a write before the sketch has seen it.
 */
#ifndef FAKE_ARDUINO_BLE_H
#define FAKE_ARDUINO_BLE_H

#include <Arduino.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

enum { BLERead = 0x02, BLEWrite = 0x08, BLENotify = 0x10 };
enum BLECharacteristicEvent { BLESubscribed = 0, BLEUnsubscribed = 1, BLEWritten = 3 };
enum BLEDeviceEvent { BLEConnected = 0, BLEDisconnected = 1 };

class BLEDevice {};
class BLECharacteristic;
typedef void (*BLECharacteristicEventHandler)(BLEDevice, BLECharacteristic);
typedef void (*BLEDeviceEventHandler)(BLEDevice);

extern int fakeMtu;

struct FakeCharacteristic {
    std::string uuid;
    int properties;
    int size;
    std::vector<uint8_t> value;
    bool subscribed;
    std::map<int, BLECharacteristicEventHandler> handlers;
};

class BLECharacteristic {
public:
    BLECharacteristic(const char *uuid, uint8_t properties, int size)
        : fake(new FakeCharacteristic{uuid, properties, size, {}, false, {}}) {}

    int writeValue(const uint8_t value[], int length) {
        if (length > fake->size) length = fake->size;
        fake->value.assign(value, value + length);
        if (!fake->subscribed) return 1;
        if (length > fakeMtu - 3) length = fakeMtu - 3;
        printf("notify %.8s ", fake->uuid.c_str());
        for (int i = 0; i < length; i++) printf("%02x", value[i]);
        puts("");
        return length;
    }
    int writeValue(const char *text) {
        return writeValue(reinterpret_cast<const uint8_t *>(text), static_cast<int>(std::string(text).size()));
    }
    const uint8_t *value() const { return fake->value.data(); }
    int valueLength() const { return static_cast<int>(fake->value.size()); }
    bool subscribed() { return fake->subscribed; }
    void setEventHandler(int event, BLECharacteristicEventHandler handler) { fake->handlers[event] = handler; }

    std::shared_ptr<FakeCharacteristic> fake;
};

class BLEService {
public:
    explicit BLEService(const char *uuid) : uuid(uuid) {}
    void addCharacteristic(BLECharacteristic &characteristic) { characteristics.push_back(characteristic); }

    std::string uuid;
    std::vector<BLECharacteristic> characteristics;
};

class FakeRadio {
public:
    int begin() { return 1; }
    void poll() {}
    String address() const { return "c0:ff:ee:00:1a:2b"; }
    void setDeviceName(const char *) {}
    void setLocalName(const char *name) { printf("name %s\n", name); }
    void setAdvertisedService(const BLEService &service) { printf("advertised %s\n", service.uuid.c_str()); }
    void setAdvertisingInterval(uint16_t) {}
    void setConnectionInterval(uint16_t least, uint16_t most) { printf("interval %d %d\n", least, most); }
    void setSupervisionTimeout(uint16_t) {}
    void addService(BLEService &service) { services.push_back(service); }
    int advertise() {
        puts("advertise");
        return 1;
    }
    void setEventHandler(BLEDeviceEvent event, BLEDeviceEventHandler handler) { handlers[event] = handler; }

    std::vector<BLEService> services;
    std::map<int, BLEDeviceEventHandler> handlers;
};

extern FakeRadio BLE;

#endif
