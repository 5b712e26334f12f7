/** The credentials that a URL holds, in clear text. */
export function credentialsIn(url: string): string[] {
  const { username, password } = new URL(url);
  return [username, password].map(decodeURIComponent).filter((text) => text !== '');
}

/** Which of the secrets a text holds: as they are, as in a URL, in JSON, or in base64. */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
  const forms = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];
  return secrets.filter((secret) => forms(secret).some((form) => text.includes(form)));
}
