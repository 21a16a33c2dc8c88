#pragma once

namespace backplane::host {

// Keeps whoever wants to write to a file waiting for as long as it is read (fcntl(2), "Leases").
// That a file is the same before and after says nothing of one whose writer was not let run in
// between, nor, where the kernel counts time in ticks, of one that was written within a tick. Some
// file systems have no leases, and only root and the file's owner get them: then this does nothing.
// Owned by the call that reads; its thread.
class ReadLease {
 public:
  // `fd` is open for reading only, and longer than this lives.
  explicit ReadLease(int fd);
  // Lets writers go on.
  ~ReadLease();
  ReadLease(const ReadLease&) = delete;
  ReadLease& operator=(const ReadLease&) = delete;

  // Whether there is no lease because somebody has the file open for writing.
  bool has_writer() const { return state_ == State::kWritten; }
  // Whether writers wait.
  bool held() const { return state_ == State::kHeld; }

 private:
  enum class State : unsigned char { kHeld, kWritten, kUnsupported };

  const int fd_;
  State state_ = State::kUnsupported;
};

}  // namespace backplane::host
