include(${CMAKE_CURRENT_LIST_DIR}/BackplanePluginSdkTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/BackplanePlugin.cmake)
