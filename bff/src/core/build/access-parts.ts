import { Access } from '../access/access.ts';
import type { CoreDeps } from '../core-deps.ts';
import { Cancellations } from '../grants/cancellations.ts';
import { GrantKeys } from '../grants/grant-keys.ts';
import { Grants } from '../grants/grants.ts';
import type { SecretBox } from '../secret-box.ts';

/** Who may do what, and the grants of addresses. */
export interface AccessParts {
  readonly access: Access;
  readonly keys: GrantKeys;
  readonly cancellations: Cancellations;
  readonly grants: Grants;
}

/** Builds what decides on tokens and grants. */
export function accessParts(deps: CoreDeps, secretBox: SecretBox): AccessParts {
  const { repositories, clock, random, logger, instruments, settings } = deps;
  const access = new Access({ repository: repositories.access, clock, random, instruments, settings });
  const keys = new GrantKeys({
    ...{ repository: repositories.grants, secretBox, clock, random, logger },
    rotationMs: settings.grantKeyRotationMs,
    maxTtlMs: settings.grantMaxTtlS * 1_000,
  });
  const cancellations = new Cancellations({
    ...{ repository: repositories.grants, clock, instruments },
    capacity: settings.maxCancelledGrants,
  });
  const grants = new Grants({
    ...{ keys, cancellations, clock, random, settings },
    isActive: (principalId) => access.isActive(principalId),
  });
  return { access, keys, cancellations, grants };
}
