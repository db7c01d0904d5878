import { z } from '@/lib/zod'

/** What may be wrong with a field; the words are in the dictionary under fault. */
export type Fault = 'required' | 'email' | 'short' | 'long' | 'refused'

const fault = (f: Fault) => f

const given = z.string().check(z.minLength(1, fault('required')))

// As the booking service has it, which also knows hosts without a dot, as that of the first admin: admin@localhost.
const email = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, fault('required')),
    z.maxLength(254, fault('long')),
    z.regex(/^[^\s@]+@[^\s@]+$/, fault('email')),
  )
const name = z.string().check(z.trim(), z.minLength(1, fault('required')), z.maxLength(100, fault('long')))
const newPassword = z.string().check(z.minLength(8, fault('short')), z.maxLength(128, fault('long')))

export const signInSchema = z.object({ email, password: given })
export const signUpSchema = z.object({ name, email, password: newPassword })
export const profileSchema = z.object({ name, email, password: z.string() })
export const passwordSchema = z.object({ password: given, newPassword })
export const emailSchema = z.object({ email })
