import { CacheError, type CacheErrorCode } from '@tasker-cache/core/adapter';

/** The connection carried something that is no answer to what was sent, and is no longer used. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The server's own answer, where it is an error. Named as ioredis names them. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** What error messages name: the adapter and the server, never a user or a password. */
export interface Naming {
  readonly name: string;
  readonly address: string;
}

export function configError(name: string, reason: string): CacheError {
  return new CacheError('CACHE_CONFIG_INVALID', `Adapter '${name}': ${reason}`, { adapter: name });
}

export function closedError(name: string, operation: string): CacheError {
  const message = `Adapter '${name}' could not ${operation}(): it was closed`;
  return new CacheError('CACHE_CLOSED', message, { adapter: name, operation });
}

/** Whether the error is the server's own answer, by whichever decoder. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Whether the server says that the key holds a list, a hash or the like; scripts wrap the code. */
export function isWrongType(error: unknown): boolean {
  return isReply(error) && /\bWRONGTYPE\b/.test(error.message);
}

/** Whether the server says that it is no master (any more); scripts wrap the code. */
export function isReadOnly(error: unknown): boolean {
  return isReply(error) && /\bREADONLY\b/.test(error.message);
}

/**
 * Sorts whatever the client threw into the contract's codes. Before there was a connection, any
 * refusal means that the server is not to be had.
 */
export function operationError(
  naming: Naming,
  operation: string,
  error: unknown,
  wasConnected: boolean,
): CacheError {
  if (CacheError.isInstance(error)) return error;
  const { name: adapter, address } = naming;
  const fail = (code: CacheErrorCode, reason: string, cause?: unknown) =>
    new CacheError(code, `Adapter '${adapter}' could not ${operation}(): ${reason}`, {
      adapter,
      operation,
      cause,
    });
  if (isWrongType(error)) return fail('CACHE_VALUE_INVALID', 'the key holds no string (WRONGTYPE)');
  if (isReply(error)) {
    const [code, reason] = replyMeaning(error.message);
    const said = `${reason} (${address}: ${withoutDetails(error.message)})`;
    return fail(wasConnected ? code : 'CACHE_UNAVAILABLE', said);
  }
  const reason = error instanceof Error ? error.message : typeof error;
  if (wasConnected) return fail('CACHE_UNAVAILABLE', `${address}: ${reason}`, error);
  const hint = tlsHint(address, reason);
  return fail('CACHE_UNAVAILABLE', `no connection to ${address}: ${reason}${hint}`, error);
}

/** Neither side says so when only one of them speaks TLS. */
function tlsHint(address: string, reason: string): string {
  if (address.startsWith('rediss'))
    return /^no answer|wrong version number/.test(reason) ? ' (is that port one of TLS?)' : '';
  return reason.includes('ECONNRESET') ? ' (a port of TLS wants rediss://)' : '';
}

function replyMeaning(text: string): [CacheErrorCode, string] {
  const [word = ''] = text.split(' ', 1);
  switch (word) {
    case 'LOADING':
      return ['CACHE_UNAVAILABLE', 'the server is still loading its data'];
    case 'BUSY':
      return ['CACHE_UNAVAILABLE', 'the server is busy with a script'];
    case 'CLUSTERDOWN':
      return ['CACHE_UNAVAILABLE', 'the cluster is down'];
    case 'MASTERDOWN':
      return ['CACHE_UNAVAILABLE', 'the replica has lost its master'];
    case 'NOAUTH':
      return ['CACHE_UNAVAILABLE', 'the server wants a password, and none was given'];
    case 'WRONGPASS':
      return ['CACHE_UNAVAILABLE', 'the server refused the user name or the password'];
    case 'TOOLARGE':
      return ['CACHE_VALUE_TOO_LARGE', 'the stored value is too large'];
    case 'OOM':
      return ['CACHE_REFUSED', 'the server is full'];
    case 'READONLY':
      return ['CACHE_REFUSED', 'the server is a read-only replica'];
    case 'DENIED':
      return ['CACHE_REFUSED', 'the server is in protected mode: it wants a password or a bind'];
    case 'NOPERM':
      return ['CACHE_REFUSED', 'the user lacks the permission'];
    case 'MOVED':
      return ['CACHE_REFUSED', 'the server is part of a cluster: use a redis+cluster:// URL'];
    default:
      return ['CACHE_REFUSED', 'the server refused'];
  }
}

/** Servers repeat the user's name, and the arguments of a command they do not know: maybe a value. */
function withoutDetails(text: string): string {
  const anonymous = text.replace(/\b(User) \S+/i, '$1 ***');
  return anonymous.replace(/,? with args beginning with.*$/s, '').slice(0, 200);
}
