import { expect, test } from "vitest";

import { DEFAULT_SYSTEM_BUS_ADDRESS, socketsOf } from "../../../../src/base/bus/address.js";

test.each([
  [DEFAULT_SYSTEM_BUS_ADDRESS, ["/var/run/dbus/system_bus_socket"]],
  ["unix:path=/run/bus", ["/run/bus"]],
  ["unix:guid=0123,path=/run/bus", ["/run/bus"]],
  ["unix:abstract=/tmp/x", ["\0/tmp/x"]],
  ["unix:path=/a%20b%2cc", ["/a b,c"]],
  ["unix:path=/a;tcp:host=localhost,port=1;unix:path=/b", ["/a", "/b"]],
  ["tcp:host=localhost,port=1", []],
  ["unix:path=/bad%zz", []],
  ["unix:path=", []],
  ["", []],
  ["/run/bus", []],
])("%j → %j", (address, sockets) => {
  expect(socketsOf(address)).toEqual(sockets);
});
