# Makes the build of `target` end with the host's own judgement of the file, where the program is
# installed. Inside the host's tree the tests ask for it instead: there the program may be in the
# middle of being linked.
function(backplane_inspect_after_build target)
  if(TARGET backplane)
    return()
  endif()
  find_program(BACKPLANE_PROGRAM backplane)
  if(BACKPLANE_PROGRAM)
    add_custom_command(TARGET ${target} POST_BUILD VERBATIM
      COMMAND ${BACKPLANE_PROGRAM} inspect --strict $<TARGET_FILE:${target}>)
  endif()
endfunction()

# Gives `target` the include path of RapidJSON, as system headers.
function(backplane_use_rapidjson target)
  if(TARGET backplane_rapidjson)
    target_link_libraries(${target} PRIVATE backplane_rapidjson)
    return()
  endif()
  find_path(BACKPLANE_RAPIDJSON_INCLUDE_DIR rapidjson/document.h REQUIRED)
  target_include_directories(${target} SYSTEM PRIVATE ${BACKPLANE_RAPIDJSON_INCLUDE_DIR})
endfunction()

# backplane_add_plugin(<name> SOURCES … [RAPIDJSON] [NO_INSPECT] [OUTPUT_NAME <stem>]
#                      [OUTPUT_DIRECTORY <dir>])
#
# Builds <dir>/<stem>.so, a plugin that the host loads and can reload; the stem is its name there.
# <stem> is <name> and <dir> is plugins/ in the build folder unless given. RAPIDJSON makes
# <backplane/json.hpp> usable. The target <name> is an ordinary one: link to it what you need, as
# long as it is static. Where the program `backplane` is installed, the build ends
# with `backplane inspect --strict`, so that what a host would refuse fails here; NO_INSPECT leaves
# that out.
#
# Every flag below is load-bearing. g++ makes template statics unique in the whole process
# (STB_GNU_UNIQUE), which pins the library for ever and shares them between the versions of a
# reload: the version script and -fno-gnu-unique prevent that. `-z defs` and `-z now` move a missing
# symbol from the first request to the build.
function(backplane_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "RAPIDJSON;NO_INSPECT" "OUTPUT_NAME;OUTPUT_DIRECTORY" "SOURCES")
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "backplane_add_plugin(<name> SOURCES … [RAPIDJSON] [NO_INSPECT] "
                        "[OUTPUT_NAME <stem>] [OUTPUT_DIRECTORY <dir>]): got '${ARGV}'")
  endif()
  if(NOT ARG_OUTPUT_NAME)
    set(ARG_OUTPUT_NAME ${name})
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
  endif()

  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE backplane::plugin_sdk)
  # Found from the function's own folder: variables would be gone in a caller of another scope.
  set(version_script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/backplane.map)
  target_compile_options(${name} PRIVATE
    -fvisibility=hidden
    $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>
    # A build without a type has no flags of its own.
    $<$<CONFIG:>:-O2> $<$<CONFIG:>:-g>)
  target_link_options(${name} PRIVATE
    LINKER:--version-script=${version_script}
    LINKER:-z,defs LINKER:-z,now LINKER:-z,relro LINKER:-z,noexecstack)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME ${ARG_OUTPUT_NAME}
    LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY}
    LINK_DEPENDS ${version_script}
    CXX_EXTENSIONS OFF
    BACKPLANE_USES_RAPIDJSON ${ARG_RAPIDJSON})
  if(ARG_RAPIDJSON)
    backplane_use_rapidjson(${name})
  endif()
  # In the tree of the host a plugin is checked and instrumented as the host is.
  foreach(of_the_tree IN ITEMS backplane_warnings backplane_sanitize)
    if(TARGET ${of_the_tree})
      target_link_libraries(${name} PRIVATE ${of_the_tree})
    endif()
  endforeach()
  if(NOT ARG_NO_INSPECT)
    backplane_inspect_after_build(${name})
  endif()
endfunction()
