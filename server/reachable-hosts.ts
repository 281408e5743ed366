// The hosts under which other programs reach a listener, as they stand in a URL, and which of them to tell to whom.

import { existsSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export type NetworkFacts = {
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  /** This process runs in a container. */
  readonly isInContainer: boolean;
};

/** Bridges and pairs that container engines and virtual machines make: nobody outside this machine reaches them. */
const VIRTUAL_INTERFACE = /^(?:docker|br-[0-9a-f]{12}$|veth|virbr|cni|flannel|podman|lxcbr)/;
/** Files that Docker and Podman put into each container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;
/** RFC 9110 clause 7.2: a host and perhaps a port. */
const HOST_HEADER = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i;

/**
 * The best host first: what the listener is bound to; when it is bound to all addresses, the host by which somebody came, or,
 * to somebody on this machine and where nobody asked, this machine's addresses.
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

/** The host in a Host header, without its port; undefined when there is none that can be used in an address. */
export function hostOfHeader(header: string | undefined): string | undefined {
  return HOST_HEADER.exec(header ?? '')?.[1];
}

/** Where this very process reaches a listener that is bound to `host`. */
export function ownHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** IPv4 addresses of this machine, loopback aside; what a person types into an encoder. */
export function lanAddresses(facts: NetworkFacts = presentFacts()): string[] {
  const names = Object.keys(facts.interfaces);
  // A container with interfaces of its own is reached through its host's addresses, which it does not know.
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
