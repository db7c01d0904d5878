import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/lib/api/error'

/** What was fetched, kept for the whole app. */
export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 30 * 60_000, // so that there is something to read where the connection is gone
        retry: (failures, error) => failures < 2 && error instanceof ApiError && error.transient,
        retryDelay: (failures) => 400 * 3 ** failures,
      },
    },
  })
