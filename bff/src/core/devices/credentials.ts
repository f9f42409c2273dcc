import { createHash } from 'node:crypto';
import type { SecretBox } from '../secret-box.ts';

/** What the registrar needs to check a device. Never the password itself. */
export interface DeviceCredential {
  readonly gbId: string;
  /** MD5(gbId:realm:password) in hex; undefined with `passwordless`. */
  readonly ha1Md5: string | undefined;
  /** SHA-256(gbId:realm:password) in hex. */
  readonly ha1Sha256: string | undefined;
  readonly passwordless: boolean;
}

/** Both digest hashes of one password, and the realm that they hold for. */
export interface PasswordHashes {
  readonly realm: string;
  readonly md5: string;
  readonly sha256: string;
}

/** Hashes a device password as RFC 7616 §3.4.2 wants it (A1). */
export function hashPassword(gbId: string, realm: string, password: string): PasswordHashes {
  const text = `${gbId}:${realm}:${password}`;
  return {
    realm,
    md5: createHash('md5').update(text, 'utf8').digest('hex'),
    sha256: createHash('sha256').update(text, 'utf8').digest('hex'),
  };
}

/** Seals hashes for the one device that they belong to. */
export function sealHashes(box: SecretBox, gbId: string, hashes: PasswordHashes): string {
  return box.seal(`device:${gbId}`, Buffer.from(`${hashes.md5}.${hashes.sha256}.${hashes.realm}`, 'utf8'));
}

/** Opens sealed hashes; `undefined` when they were altered or sealed under another key. */
export function openHashes(box: SecretBox, gbId: string, sealed: string): PasswordHashes | undefined {
  const parts = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(.*)$/s.exec(
    box.open(`device:${gbId}`, sealed)?.toString('utf8') ?? '',
  );
  const [, md5, sha256, realm] = parts ?? [];
  return md5 === undefined || sha256 === undefined || realm === undefined
    ? undefined
    : { md5, sha256, realm };
}
