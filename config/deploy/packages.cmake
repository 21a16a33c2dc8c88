# `cpack` in a build folder makes two Debian packages of what is built there: backplane, the host, and
# backplane-plugin-sdk, what plugin authors need. Needs dpkg-dev and file, which say what the host
# depends on. scripts/setup --tests installs both.
include(GNUInstallDirs)

# Debian wants the licence there.
install(FILES LICENSE RENAME copyright
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane COMPONENT host)
install(FILES LICENSE RENAME copyright
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane-plugin-sdk COMPONENT sdk)
install(FILES config/README.md RENAME configuration.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane COMPONENT host)
install(FILES config/production.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane/examples COMPONENT host)
install(FILES plugin_sdk/README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane-plugin-sdk COMPONENT sdk)
install(DIRECTORY plugin_sdk/examples
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/backplane-plugin-sdk COMPONENT sdk)

set(BACKPLANE_PACKAGE_CONTACT "Backplane <root@localhost>" CACHE STRING
  "Who answers for the packages that cpack makes: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME backplane)
set(CPACK_PACKAGE_CONTACT ${BACKPLANE_PACKAGE_CONTACT})
# Each package has a summary of its own: the first line of its description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Whatever the umask of who builds them.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL host sdk)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_HOST_PACKAGE_NAME backplane)
set(CPACK_DEBIAN_HOST_PACKAGE_SECTION net)
set(CPACK_DEBIAN_HOST_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_HOST_DESCRIPTION "${PROJECT_DESCRIPTION}
The host: loads plugins, routes requests to them by weight, and replaces them
while it serves.")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME backplane-plugin-sdk)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "g++, rapidjson-dev")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "backplane, cmake, pkg-config")
set(CPACK_DEBIAN_SDK_DESCRIPTION "Builds plugins for the Backplane serving host
The C header of the contract, the C++20 headers around it, and what CMake and
pkg-config need to know.")

include(CPack)
