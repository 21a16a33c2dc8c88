# Run by CTest with -P; see CMakeLists.txt beside it for the variables.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE output)
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_one_export plugin)
  run(${NM} -D --defined-only --format=just-symbols ${plugin})
  string(REGEX REPLACE "@[^\n]*" "" output "${output}")
  string(STRIP "${output}" output)
  # The version of the version script is a symbol as well.
  string(REGEX REPLACE "BACKPLANE_1\n?" "" output "${output}")
  if(NOT output STREQUAL "backplane_plugin_v1")
    message(FATAL_ERROR "${plugin} must export backplane_plugin_v1 alone; it exports '${output}'")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/sdk --component sdk)

# No build type: the SDK's own flags must make a plugin that is fit for use.
run(${CMAKE_COMMAND} -G Ninja -S ${EXAMPLES}/greeter -B ${WORK}/build
  -D CMAKE_PREFIX_PATH=${WORK}/sdk -D CMAKE_CXX_COMPILER=${CXX}
  -D CMAKE_EXPORT_COMPILE_COMMANDS=ON)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/greeter_test)
expect_one_export(${WORK}/build/plugins/greeter.so)
file(READ ${WORK}/build/compile_commands.json commands)
if(NOT commands MATCHES "-O2")
  message(FATAL_ERROR "a plugin without a build type must be optimized")
endif()

run(${CMAKE_COMMAND} -G Ninja -S ${EXAMPLES}/c -B ${WORK}/build_c
  -D CMAKE_PREFIX_PATH=${WORK}/sdk -D CMAKE_C_COMPILER=${CC} -D CMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${WORK}/build_c)
expect_one_export(${WORK}/build_c/plugins/upper.so)

if(PKG_CONFIG)
  set(ENV{PKG_CONFIG_PATH} ${WORK}/sdk/${DATADIR}/pkgconfig)
  run(${PKG_CONFIG} --cflags --libs backplane-plugin-sdk)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${CXX} ${EXAMPLES}/greeter/greeter.cpp ${flags} -o ${WORK}/greeter.so)
  expect_one_export(${WORK}/greeter.so)
  run(${PKG_CONFIG} --cflags-only-I --libs backplane-plugin-sdk)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${CC} -fPIC -fvisibility=hidden ${EXAMPLES}/c/upper.c ${flags} -o ${WORK}/upper.so)
  expect_one_export(${WORK}/upper.so)
endif()
