// One line of a shelf node's serial protocol, as edge/shelf/frame.py describes and reads it. Plain C++, no ESPHome:
// tests/test_firmware.py compiles it and lets the edge's own parser read what it writes.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace shelf {

enum Flag : unsigned { GOOD = 0, NOT_READY = 1, SATURATED = 2, GAIN_CHANGED = 4, BROWNOUT = 8 };

// CRC-16/CCITT-FALSE.
inline uint16_t crc(const std::string &body) {
  uint16_t sum = 0xFFFF;
  for (unsigned char byte : body) {
    sum ^= static_cast<uint16_t>(byte) << 8;
    for (int bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1;
  }
  return sum;
}

inline std::string framed(const std::string &body) {
  char tail[8];
  snprintf(tail, sizeof tail, "*%04X\r\n", crc(body));
  return "$" + body + tail;
}

// Numbers every line of one boot; `boot` is new at each start of the node.
class Lines {
 public:
  void start(const std::string &node, uint32_t boot) {
    node_ = node;
    boot_ = boot;
    seq_ = 0;
  }

  std::string reading(uint32_t ms, unsigned channel, int32_t raw) {
    unsigned flags = raw >= 0x7FFFFF || raw <= -0x800000 ? SATURATED : GOOD;
    char rest[48];
    snprintf(rest, sizeof rest, ",%lu,%u,%ld,%x", static_cast<unsigned long>(ms), channel, static_cast<long>(raw), flags);
    return framed("W," + head() + rest);
  }

  // The answer to a command, or nothing when it is none.
  std::string answer(const std::string &command) {
    if (command == "?V") return framed("E," + head() + ",?V,esphome");
    if (command == "?S") return framed("E," + head() + ",?S,ok");
    if (command == "!Z" || command == "!G") return framed("E," + head() + "," + command + ",fixed");
    return "";
  }

  // Bytes from the line, one by one; the answer when they complete a command.
  std::string hear(char byte) {
    if (byte == '\n') {
      std::string command;
      command.swap(heard_);
      return answer(command);
    }
    if (byte != '\r') heard_ = heard_.size() < 8 ? heard_ + byte : "";
    return "";
  }

 private:
  std::string head() {
    char text[32];
    snprintf(text, sizeof text, ",%08lx,%lu", static_cast<unsigned long>(boot_), static_cast<unsigned long>(seq_++));
    return "1," + node_ + text;
  }

  std::string node_, heard_;
  uint32_t boot_ = 0, seq_ = 0;
};

}  // namespace shelf
