/** Where a server's processes run: fills in what their arguments and files need. */
export interface Place {
  /** A folder of this process alone, as the process sees it. */
  readonly folder: string;
  /** The address to listen on. */
  readonly bind: string;
  /** One free port a role, in the roles' order: the same inside and outside of a container. */
  readonly ports: readonly number[];
  /** The folders of the program's libraries, where it does not use the system's. */
  readonly libraries: readonly string[];
}

/** The Debian packages that hold a server's program. The libraries they need are found by apt. */
export interface DebianSource {
  readonly suite: 'bookworm' | 'trixie' | 'sid';
  readonly packages: readonly string[];
}

/** How clients log in. */
export interface Access {
  readonly scheme: 'redis' | 'rediss' | 'memcached';
  readonly username?: string;
  readonly password?: string;
}

/** A process of a server, as clients reach it. */
export interface Endpoint extends Access {
  readonly host: string;
  readonly port: number;
}

/** A command to run before a process starts, with what to type into it. */
export interface SetupCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
}

/** All there is to know about one server. */
export interface ServerTarget {
  readonly name: string;
  /** What the program's `--version` line starts with. */
  readonly product: string;
  /** The start of the versions that count as this target, `''` for any. */
  readonly version: string;
  /** The environment variable that may name a running one. */
  readonly variable: string;
  readonly image: string;
  readonly program: string;
  /** Absent when Debian has none. */
  readonly debian?: DebianSource;
  readonly access: Access;
  /** One process each. The first is the one that a server's `url` names. */
  readonly roles: readonly string[];
  /** The program's arguments for the role of this index. */
  args(place: Place, index: number): string[];
  /** Files that every process finds in its folder, by name. */
  files?(ports: readonly number[]): Promise<Record<string, string>>;
  /** Which of the files is the certificate authority that clients must trust. */
  readonly authority?: string;
  environment?(place: Place): Record<string, string>;
  /** Run where the program exists. */
  setup?(place: Place): SetupCommand;
  /** The version of a running process. Rejects until it serves. */
  askVersion(endpoint: Endpoint): Promise<string>;
  /** Makes processes that serve one server. Also called after a restart. */
  join?(endpoints: readonly Endpoint[]): Promise<void>;
}
