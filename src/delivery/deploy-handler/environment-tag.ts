/**
 * An environment's tag in the image repository, `<environment>-<UTC yyyymmddHHMMSSmmm>-<commit8>`.
 *
 * Flux orders such tags as text, which is right only because the time has a fixed width.
 */
export interface EnvironmentTag {
  readonly tag: string;
  /** Milliseconds; 0 where the digits are no time, as somebody may push them. Flux follows such a tag all the same. */
  readonly time: number;
  /** The first eight digits of the source commit. */
  readonly commit8: string;
}

export function environmentTag(environment: string, time: number, commit: string): EnvironmentTag {
  const commit8 = commit.slice(0, 8);
  return { tag: `${environment}-${new Date(time).toISOString().replace(/\D/g, '')}-${commit8}`, time, commit8 };
}

/** Undefined for any other tag. */
export function parseEnvironmentTag(environment: string, tag: string): EnvironmentTag | undefined {
  const rest = tag.startsWith(`${environment}-`) ? tag.slice(environment.length + 1) : '';
  const [, digits, commit8] = /^([0-9]{17})-([0-9a-f]{8})$/.exec(rest) ?? [];
  return digits ? { tag, time: utc(digits) ?? 0, commit8 } : undefined;
}

/** When a build's image was made: `build-<UTC yyyymmddHHMMSS>-<commit8>`. */
export function buildTime(tag: string): number | undefined {
  const digits = /^build-([0-9]{14})-/.exec(tag)?.[1];
  return digits ? utc(`${digits}000`) : undefined;
}

function utc(digits: string): number | undefined {
  const iso = digits.replace(/^(.{4})(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z');
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}
