#pragma once

namespace backplane::host {

// How the program ends: 0, 1, and the words of sysexits.h that scripts and supervisors know.
enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,         // it was done, and the answer is no; or something else went wrong
  kUsage = 64,         // EX_USAGE: the command line is wrong
  kUnreachable = 69,   // EX_UNAVAILABLE: no host answers
  kOsError = 71,       // EX_OSERR: the system refused, a port is in use
  kTryAgain = 75,      // EX_TEMPFAIL: what a host is doing now stands against it
  kNoPermission = 77,  // EX_NOPERM: the host wants another token
  kBadConfig = 78      // EX_CONFIG: a configuration file or the state is missing or wrong
};

}  // namespace backplane::host
