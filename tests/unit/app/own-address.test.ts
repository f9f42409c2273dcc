import assert from 'node:assert/strict';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { ownAddress } from '../../../bff/src/app/own-address.ts';
import { reachableUrl } from '../../../bff/src/app/reachable-url.ts';

function info(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

describe('the own address', () => {
  const rows: readonly [what: string, Record<string, string[]>, expected: string][] = [
    ['the first IPv4 address', { eth0: ['fe80::1', '192.168.1.2'], eth1: ['10.0.0.1'] }, '192.168.1.2'],
    ['not that of a bridge of containers', { docker0: ['172.17.0.1'], eth0: ['192.168.1.2'] }, '192.168.1.2'],
    ['not one that was not assigned', { eth0: ['169.254.7.7'], wlan0: ['192.168.1.3'] }, '192.168.1.3'],
    ['the unlikely one when there is no other', { docker0: ['172.17.0.1'] }, '172.17.0.1'],
    ['loopback when there is none', { eth0: ['fe80::1'] }, '127.0.0.1'],
  ];
  for (const [what, interfaces, expected] of rows) {
    it(`is ${what} (Q66)`, () => {
      const all: Record<string, NetworkInterfaceInfo[] | undefined> = {
        lo: [info('127.0.0.1', true)],
        gone: undefined,
      };
      for (const [name, addresses] of Object.entries(interfaces))
        all[name] = addresses.map((address) => info(address));
      assert.equal(ownAddress(all), expected);
    });
  }

  it('is one of this machine that is not internal, where it has one (Q66)', () => {
    const own = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
    const told = own.find(({ address }) => address === ownAddress());
    const isReachable = own.some(({ family, internal }) => family === 'IPv4' && !internal);
    assert.deepEqual([told?.family, told?.internal], ['IPv4', !isReachable]);
  });
});

describe('the URL under which a listener is reached from here', () => {
  for (const [host, expected] of [
    ['0.0.0.0', 'http://127.0.0.1:8080'],
    ['::', 'http://127.0.0.1:8080'],
    ['192.168.1.2', 'http://192.168.1.2:8080'],
    ['fd00::2', 'http://[fd00::2]:8080'],
    ['yimu.example', 'http://yimu.example:8080'],
  ] as const) {
    it(`of ${host} is ${expected}`, () => {
      assert.equal(reachableUrl(host, 8_080), expected);
    });
  }
});
