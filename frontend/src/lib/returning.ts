import { useLocation, useSearchParams } from 'react-router'

/** The address of the screen to sign in, from which the visitor comes back to where he or she is. */
export function useSignInAddress(): string {
  const { pathname, search } = useLocation()
  return `/sign-in?${new URLSearchParams({ return: pathname + search })}`
}

/** Where to go after signing in: only within the app. */
export function useReturn(): string {
  const [params] = useSearchParams()
  const wanted = params.get('return') ?? ''
  return /^\/(?![/\\])/.test(wanted) ? wanted : '/bookings'
}
