// The bounds on what anybody who knows the URL may send: they hold until the signature of a delivery is known to be right.

export interface AdmissionLimits {
  /** Requests at a time. */
  readonly maxRequests: number
  /** Bytes of all their bodies together. */
  readonly maxBytesTogether: number
  /** Bytes of one body. */
  readonly maxBodyBytes: number
}

/** One request among those whose signature is not known to be right yet. */
interface Admission {
  /** Counts bytes of its body. Returns why there is no room for them: the body is not to be kept then, and counts no more. */
  hold(bytes: number): 'too-large' | 'full' | null
  /** Counts the request no more, nor its body. Idempotent. */
  leave(): void
}

export interface Admissions {
  /** Counts a request; `null` when there are too many already. */
  enter(): Admission | null
}

/** Creates the bounds, with nothing counted. */
export function createAdmissions({ maxRequests, maxBytesTogether, maxBodyBytes }: AdmissionLimits): Admissions {
  let requests = 0
  let bytes = 0

  function enter(): Admission | null {
    if (requests >= maxRequests) return null
    requests += 1
    let held = 0
    let isIn = true
    const drop = (): void => {
      bytes -= held
      held = 0
    }
    return {
      hold: (more) => {
        const refusal = held + more > maxBodyBytes ? 'too-large' : bytes + more > maxBytesTogether ? 'full' : null
        if (refusal !== null) {
          drop()
          return refusal
        }
        bytes += more
        held += more
        return null
      },
      leave: () => {
        if (!isIn) return
        isIn = false
        requests -= 1
        drop()
      },
    }
  }

  return { enter }
}
