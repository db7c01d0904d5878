import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { RouterProvider } from 'react-router'
import { newQueryClient } from './queries'
import { newRouter } from './router'

/** The whole app. */
export function App() {
  const [client] = useState(newQueryClient)
  const [router] = useState(newRouter)
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}
