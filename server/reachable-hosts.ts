// The hosts under which others reach a listener, as in a URL, and which of them to show.

import { existsSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export type NetworkFacts = {
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  /** This process runs in a container. */
  readonly isInContainer: boolean;
};

/** Interfaces of container engines and virtual machines, which are not reachable from outside. */
const VIRTUAL_INTERFACE = /^(?:docker|br-[0-9a-f]{12}$|veth|virbr|cni|flannel|podman|lxcbr)/;
/** Files that Docker and Podman put into each container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;
/** RFC 9110 clause 7.2: a host and perhaps a port. */
const HOST_HEADER = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i;

/**
 * The best host first: the address that the listener is bound to. If it is bound to all addresses: the host of the request or,
 * without a request or for one from this machine, this machine's addresses.
 */
export function reachableHosts(
  host: string,
  askedHost: string | undefined = undefined,
  lan: readonly string[] = lanAddresses(),
): readonly string[] {
  if (!['', '0.0.0.0', '::'].includes(host)) return [host.includes(':') ? `[${host}]` : host];
  if (askedHost !== undefined && !LOOPBACK_HOST.test(askedHost)) return [askedHost];
  return [...lan, host === '0.0.0.0' ? '127.0.0.1' : 'localhost'];
}

/** The host in a Host header, without its port; undefined if it cannot be used in an address. */
export function hostOfHeader(header: string | undefined): string | undefined {
  return HOST_HEADER.exec(header ?? '')?.[1];
}

/** The address under which this process reaches a listener that is bound to `host`. */
export function ownHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** IPv4 addresses of this machine without loopback, for people to type. */
export function lanAddresses(facts: NetworkFacts = presentFacts()): string[] {
  const names = Object.keys(facts.interfaces);
  // A container is reached through the addresses of its host, which it does not know.
  if (facts.isInContainer && !names.some(isVirtual)) return [];
  return names
    .filter((name) => !isVirtual(name))
    .flatMap((name) => facts.interfaces[name] ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);
}

function isVirtual(name: string): boolean {
  return VIRTUAL_INTERFACE.test(name);
}

function presentFacts(): NetworkFacts {
  return {
    interfaces: networkInterfaces(),
    isInContainer: CONTAINER_MARKS.some((file) => existsSync(file)),
  };
}
