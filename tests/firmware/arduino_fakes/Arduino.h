/*
 * A stand-in for the Arduino core, so that the board glue can be compiled and run on a computer. Only what the glue uses,
 * with the signatures of the public headers; written for these tests.
 */
#ifndef FAKE_ARDUINO_H
#define FAKE_ARDUINO_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <string>

enum { OUTPUT = 1, LOW = 0, HIGH = 1, LED_BUILTIN = 13, PIN_VBAT = 32, PIN_VBAT_ENABLE = 14 };

extern uint32_t fakeMicros;
extern int fakeAnalog;

inline unsigned long micros() { return fakeMicros; }
inline unsigned long millis() { return fakeMicros / 1000; }
inline void pinMode(int, int) {}
inline void digitalWrite(int, int) {}
inline int analogRead(int) { return fakeAnalog; }

/* Only a board that cannot go on ever waits. */
inline void delay(unsigned long) {
    puts("stopped");
    exit(3);
}

class String : public std::string {
public:
    String(const char *text) : std::string(text) {}
};

class TwoWire {};
extern TwoWire Wire1;

#endif
