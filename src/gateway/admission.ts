// The bounds on what anybody who knows the URL may send, until the signature of a delivery is found to be right.

export interface AdmissionLimits {
  /** How many requests at a time. */
  readonly maxRequests: number
  /** How many bytes all their bodies may have together. */
  readonly maxBytesTogether: number
  /** How many bytes one body may have. */
  readonly maxBodyBytes: number
}

/** A request whose signature is not checked yet. */
interface Admission {
  /** Counts bytes of its body. Returns `null`, or why there is no room: the body must then be dropped, and no longer counts. */
  hold(bytes: number): 'too-large' | 'full' | null
  /** Stops counting the request and its body. Idempotent. */
  leave(): void
}

export interface Admissions {
  /** Counts a new request; `null` when there are too many already. */
  enter(): Admission | null
}

/** Creates the bounds of a gateway, with nothing counted. */
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
