import type { HandlerMetadata, TemplateReference } from '@tasker-cache/tasker';

/** Few, so that readers and workers meet. */
export const keyCount = 20;

export const keyPrefix = 'race';

/** What every cached template's key starts with. */
export const templateRoot: string = `${keyPrefix}:template:`;

export function referenceOf(key: number): TemplateReference {
  return { namespace: 'race', name: `template_${key}`, version: '1.0.0' };
}

/** The key that a client of another language would ask for. */
export function fullKeyOf(key: number): string {
  const { namespace, name, version } = referenceOf(key);
  return `${templateRoot}${namespace}:${name}:${version}`;
}

/** Which revision of its row a template shows. */
export function revisionOf({ config_schema }: HandlerMetadata): number {
  return (config_schema as { revision: number }).revision;
}
