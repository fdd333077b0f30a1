// A certificate: made at run time, its own root, for a name (the edge's is `localhost`) and 127.0.0.1.
import { generate } from 'selfsigned'

/** A key and a certificate, both PEM. Trusting the certificate is trusting who has it. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes a new P-256 certificate. */
export async function makeCertificate(name = 'localhost'): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      // Not a CA: the agent refuses a CA certificate as a server's.
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}
