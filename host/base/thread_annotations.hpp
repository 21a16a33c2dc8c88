#pragma once

// Clang's thread-safety attributes under our names (clang.llvm.org/docs/ThreadSafetyAnalysis.html).
// g++ ignores them; `scripts/test --deep` compiles with clang -Wthread-safety -Werror.
#if defined(__clang__)
#define BP_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define BP_THREAD_ATTRIBUTE(x)
#endif

#define BP_CAPABILITY(x) BP_THREAD_ATTRIBUTE(capability(x))
#define BP_SCOPED_CAPABILITY BP_THREAD_ATTRIBUTE(scoped_lockable)
#define BP_GUARDED_BY(x) BP_THREAD_ATTRIBUTE(guarded_by(x))
#define BP_REQUIRES(...) BP_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define BP_EXCLUDES(...) BP_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define BP_ACQUIRE(...) BP_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define BP_RELEASE(...) BP_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define BP_NO_THREAD_SAFETY_ANALYSIS BP_THREAD_ATTRIBUTE(no_thread_safety_analysis)
