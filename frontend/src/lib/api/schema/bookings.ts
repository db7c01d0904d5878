export interface paths {
    "/events/{eventID}/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who comes to an event, the newest booking first
         * @description Needs an organiser, whose own event it is, or an administrator; with `auth=open` everyone may.
         *
         *     As CSV (RFC 4180, UTF-8, with a header row) it has all bookings at once, whatever `limit` and `after`. Cells that spreadsheets would take for formulas begin with an apostrophe. A file that could not be finished ends with its connection cut.
         */
        get: operations["listAttendees"];
        put?: never;
        /** Book seats. Without a session the caller becomes a guest and gets one */
        post: operations["book"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{eventID}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many seats are left */
        get: operations["getAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/availability/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many seats are left, at once and at every change */
        get: operations["streamAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's bookings, the newest first */
        get: operations["listBookings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{bookingID}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's bookings */
        get: operations["getBooking"];
        put?: never;
        post?: never;
        /** Give back all seats */
        delete: operations["cancelBooking"];
        options?: never;
        head?: never;
        /** Keep only so many seats, and give back the others */
        patch: operations["keepSeats"];
        trace?: never;
    };
    "/bookings/{bookingID}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel somebody's booking, for a reason
         * @description Needs an organiser, whose own event it is, or an administrator; with `auth=open` everyone may. All its seats are given back, and can be booked by others. Booking and ticket show the reason. It may be repeated; the first reason stays.
         */
        post: operations["cancelForOrganiser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sold, by event and by day
         * @description Needs an organiser, who is shown the own events, or an administrator, who is shown all; with `auth=open` everyone is. The figures may be a few seconds old; `GET /events/{eventID}/availability` has the present ones.
         */
        get: operations["getStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tickets/{bookingID}/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A ticket, for whoever has its secret link */
        get: operations["getTicket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        /**
         * Delete the caller's account
         * @description Nothing is left of the person, and all sessions end. The bookings stay, of nobody; the address can be used again.
         */
        delete: operations["deleteMe"];
        options?: never;
        head?: never;
        /**
         * Change the caller's name or e-mail address
         * @description What is absent stays as it is. Another address takes the password.
         */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/sessions/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new access token for the session of the cookie myevents_refresh */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description The account gets the bookings of the guest who signs in. From one network address 10 tries a minute are answered for one account, and 60 for all.
         */
        post: operations["signIn"];
        /** Sign out */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that verify access tokens (RFC 7517) */
        get: operations["getKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find the account with an e-mail address */
        get: operations["findUser"];
        put?: never;
        /**
         * Make an account, and begin its session
         * @description A guest who signs up becomes the account: it has the guest's ID and bookings.
         */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userID}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give an account its roles
         * @description Access tokens have the roles from the next refresh on, after 15 minutes at the latest.
         */
        put: operations["setRoles"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the caller's password
         * @description All sessions of the account end. Access tokens are valid until they run out, which is 15 minutes.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that is kept about the caller */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "EventID": "5f1d7a3e9c2b4d6f8a0e1c3b",
         *       "Capacity": 1000,
         *       "Booked": 40,
         *       "Available": 960,
         *       "Sequence": 18
         *     }
         */
        Availability: {
            EventID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description null: not limited.
             */
            Capacity: number | null;
            /** Format: int64 */
            Booked: number;
            /**
             * Format: int64
             * @description null: not limited.
             */
            Available: number | null;
            /**
             * Format: int64
             * @description Counts the decisions about the event's seats. Of two figures the one with the higher number is newer.
             */
            Sequence: number;
        };
        Place: {
            ID: components["schemas"]["ID"];
            Name: string;
            Address: string;
            Country: string;
            TimeZone: string;
        };
        /** @description The event and its place as they are now. */
        BookedEvent: {
            Name: string;
            /**
             * Format: int64
             * @description Unix seconds.
             */
            StartDate: number;
            /**
             * Format: int64
             * @description Unix seconds.
             */
            EndDate: number;
            /** @description A cancelled event never comes back. */
            Cancelled: boolean;
            /**
             * Format: int64
             * @description When start, end or location last changed, in Unix seconds, 0 for never: what was booked before it was booked for another plan.
             */
            Changed: number;
            Location: components["schemas"]["Place"];
        };
        /**
         * @example {
         *       "ID": "9b3c0e5d7f1a2c4e6d8b0f13",
         *       "Date": 1899000000,
         *       "EventID": "5f1d7a3e9c2b4d6f8a0e1c3b",
         *       "Seats": 2,
         *       "Event": {
         *         "Name": "Mill Concert",
         *         "StartDate": 1900000000,
         *         "EndDate": 1900007200,
         *         "Cancelled": false,
         *         "Changed": 0,
         *         "Location": {
         *           "ID": "5f1d7a3e9c2b4d6f8a0e1c01",
         *           "Name": "Old Mill",
         *           "Address": "Mill Lane 1, Bergen",
         *           "Country": "Norway",
         *           "TimeZone": "Europe/Oslo"
         *         }
         *       },
         *       "Ticket": "/tickets/9b3c0e5d7f1a2c4e6d8b0f13/kX2mQ0v7Jb4sT9yLr1wZ5nAc"
         *     }
         */
        Booking: {
            ID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description When it was booked, in Unix seconds.
             */
            Date: number;
            EventID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description Seats held now; 0 once all are given back.
             */
            Seats: number;
            Event: components["schemas"]["BookedEvent"];
            /**
             * @description Path of the ticket, for whoever has this link.
             * @example /tickets/9b3c0e5d7f1a2c4e6d8b0f13/kX2mQ0v7Jb4sT9yLr1wZ5nAc
             */
            Ticket: string;
            /** @description Why the event's organiser cancelled the booking, in the organiser's words; absent where it was not. */
            CancellationReason?: string;
        };
        /**
         * @example {
         *       "ID": "9b3c0e5d7f1a2c4e6d8b0f13",
         *       "Date": 1899000000,
         *       "EventID": "5f1d7a3e9c2b4d6f8a0e1c3b",
         *       "Seats": 2,
         *       "Event": {
         *         "Name": "Mill Concert",
         *         "StartDate": 1900000000,
         *         "EndDate": 1900007200,
         *         "Cancelled": false,
         *         "Changed": 0,
         *         "Location": {
         *           "ID": "5f1d7a3e9c2b4d6f8a0e1c01",
         *           "Name": "Old Mill",
         *           "Address": "Mill Lane 1, Bergen",
         *           "Country": "Norway",
         *           "TimeZone": "Europe/Oslo"
         *         }
         *       }
         *     }
         */
        Ticket: {
            ID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description When it was booked, in Unix seconds.
             */
            Date: number;
            EventID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description Seats held now; 0 once all are given back.
             */
            Seats: number;
            Event: components["schemas"]["BookedEvent"];
            /** @description Why the event's organiser cancelled the booking, in the organiser's words; absent where it was not. */
            CancellationReason?: string;
        };
        BookingInput: {
            /**
             * Format: int64
             * @description At least 1; how many at most is a setting, 20 by default.
             */
            seats: number;
        };
        CancellationInput: {
            /** @description For whoever booked, who is shown it. */
            reason: string;
        };
        /**
         * @description A booking as the event's organiser sees it.
         * @example {
         *       "ID": "9b3c0e5d7f1a2c4e6d8b0f13",
         *       "Date": 1899000000,
         *       "BookedAt": "2030-03-06T05:00:00+01:00",
         *       "Seats": 2,
         *       "GivenBack": 1,
         *       "UserID": "5f1d7a3e9c2b4d6f8a0e1cff",
         *       "Name": "Ada Lovelace",
         *       "Email": "ada@example.com",
         *       "Status": "booked"
         *     }
         */
        Attendee: {
            ID: components["schemas"]["ID"];
            /**
             * Format: int64
             * @description When it was booked, in Unix seconds.
             */
            Date: number;
            /**
             * Format: date-time
             * @description The same on the clocks of the venue (RFC 3339).
             */
            BookedAt: string;
            /**
             * Format: int64
             * @description Seats held now.
             */
            Seats: number;
            /**
             * Format: int64
             * @description Seats held at first and not any more.
             */
            GivenBack: number;
            UserID: components["schemas"]["ID"];
            /** @description Absent where the user has no account. */
            Name?: string;
            /** @description Absent where the user has no account. */
            Email?: string;
            /**
             * @description cancelled: by the organiser.
             * @enum {string}
             */
            Status: "booked" | "given_back" | "cancelled";
            /** @description Where the status is cancelled: the organiser's reason. */
            CancellationReason?: string;
        };
        SoldDay: {
            /**
             * Format: date
             * @description On the clocks of the venue.
             */
            Day: string;
            /**
             * Format: int64
             * @description Bookings made on this day.
             */
            Bookings: number;
            /**
             * Format: int64
             * @description Seats that they hold now.
             */
            Booked: number;
            /**
             * Format: int64
             * @description Seats that they held at first and do not hold any more.
             */
            GivenBack: number;
        };
        /**
         * @description What was sold of an event.
         * @example {
         *       "EventID": "5f1d7a3e9c2b4d6f8a0e1c3b",
         *       "Name": "Mill Concert",
         *       "StartDate": 1900000000,
         *       "EndDate": 1900007200,
         *       "Cancelled": false,
         *       "TimeZone": "Europe/Oslo",
         *       "Capacity": 1000,
         *       "Booked": 40,
         *       "Bookings": 18,
         *       "GivenBack": 3,
         *       "Days": [
         *         {
         *           "Day": "2030-03-05",
         *           "Bookings": 10,
         *           "Booked": 25,
         *           "GivenBack": 1
         *         },
         *         {
         *           "Day": "2030-03-06",
         *           "Bookings": 8,
         *           "Booked": 15,
         *           "GivenBack": 2
         *         }
         *       ]
         *     }
         */
        Statistics: {
            EventID: components["schemas"]["ID"];
            Name: string;
            /**
             * Format: int64
             * @description Unix seconds.
             */
            StartDate: number;
            /**
             * Format: int64
             * @description Unix seconds.
             */
            EndDate: number;
            Cancelled: boolean;
            /** @description The venue's (IANA). */
            TimeZone: string;
            /**
             * Format: int64
             * @description null: not limited.
             */
            Capacity: number | null;
            /**
             * Format: int64
             * @description Seats sold, and not given back. They can exceed the capacity where that was lowered.
             */
            Booked: number;
            /**
             * Format: int64
             * @description How many were made, those that hold no seats any more among them.
             */
            Bookings: number;
            /**
             * Format: int64
             * @description Seats that were sold and given back.
             */
            GivenBack: number;
            /** @description The days on which something was booked, in their order. */
            Days: components["schemas"]["SoldDay"][];
        };
        /** @description A guest has nothing but an ID. */
        User: {
            ID: components["schemas"]["ID"];
            /** @description Somebody without an account. */
            Guest: boolean;
            email?: string;
            name?: string;
            /** @description Every account is a customer, too. */
            roles?: components["schemas"]["Role"][];
        };
        Session: {
            /** @description Access token, for Authorization: Bearer. */
            token: string;
            user: components["schemas"]["User"];
        };
        /** @description What went wrong (RFC 9457). */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description A sentence for a person. */
            detail: string;
            /** @description Under this ID the service's log has more. */
            request_id: string;
            /**
             * Format: int64
             * @description How many seats are left, where fewer are than were asked for.
             */
            available?: number;
            errors?: components["schemas"]["FieldError"][];
        };
        FieldError: {
            field: string;
            message: string;
        };
        /**
         * @description 24 hexadecimal digits, or empty for none.
         * @example 5f1d7a3e9c2b4d6f8a0e1c3b
         */
        ID: string;
        /** @enum {string} */
        Role: "organiser" | "admin";
        SignUpInput: {
            /**
             * Format: email
             * @description E-mail address; in any case it is the same.
             */
            email: string;
            /**
             * Format: password
             * @description 8 to 128 characters of any kind.
             */
            password: string;
            /** @description What the person is called: 1 to 100 characters. */
            name: string;
        };
        SignInInput: {
            /** @description The account's e-mail address. */
            email: string;
            /**
             * Format: password
             * @description The account's password.
             */
            password: string;
        };
        ProfileInput: {
            /** @description What the person is called: 1 to 100 characters. */
            name?: string;
            /**
             * Format: email
             * @description E-mail address; in any case it is the same.
             */
            email?: string;
            /**
             * Format: password
             * @description The present password, without which the address stays as it is.
             */
            password?: string;
        };
        PasswordInput: {
            /**
             * Format: password
             * @description The present password.
             */
            password: string;
            /**
             * Format: password
             * @description 8 to 128 characters of any kind.
             */
            newPassword: string;
        };
        DeleteInput: {
            /**
             * Format: password
             * @description The present password.
             */
            password: string;
        };
        RolesInput: {
            roles: components["schemas"]["Role"][];
        };
        Export: {
            user: components["schemas"]["User"];
            /**
             * Format: int64
             * @description When the account was made, in Unix seconds.
             */
            created?: number;
            /** @description The guests whose bookings the user has taken over. */
            guests: components["schemas"]["ID"][];
            bookings: components["schemas"]["Booking"][];
            sessions: {
                ID: components["schemas"]["ID"];
                /**
                 * Format: int64
                 * @description Unix seconds.
                 */
                refreshed: number;
                /**
                 * Format: int64
                 * @description Unix seconds.
                 */
                expires: number;
            }[];
        };
    };
    responses: {
        /** @description The access token is missing, or not valid (any more). */
        Unauthorized: {
            headers: {
                /** @description `Bearer`, with what is wrong (RFC 6750). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller may not do this: it lacks the role, it belongs to somebody else, or the request comes from another site. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too much was asked for in a short time. */
        TooManyRequests: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAttendees: {
        parameters: {
            query?: {
                /**
                 * @description Only bookings whose ID begins with this, of which it must be 4 characters or more, or whose user's name or email address has it, in any case.
                 * @example lovelace
                 */
                q?: string;
                /** @description Which form the answer has; without it, the Accept header says. */
                format?: "json" | "csv";
                /** @description How many at most. */
                limit?: number;
                /** @description The cursor of the next page; take it from the Link header. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                eventID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bookings, those that hold no seats any more among them. */
            200: {
                headers: {
                    /** @description The next page, with rel="next"; absent on the last one. The page of a search may have fewer than `limit`, be it none, and a next one all the same. */
                    Link?: string;
                    /** @description For CSV: a file name made of the event's. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attendee"][];
                    /**
                     * @example Booking,Date,Seats,Given back,User,Name,Email,Status,Reason
                     *     9b3c0e5d7f1a2c4e6d8b0f13,2030-03-06T05:00:00+01:00,2,1,5f1d7a3e9c2b4d6f8a0e1cff,Ada Lovelace,ada@example.com,booked,
                     */
                    "text/csv": string;
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "format: must be json or csv",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "format",
                     *           "message": "must be json or csv"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "please sign in as an organiser",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is not an organiser, or the event is another organiser's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this is another organiser's event",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no event with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is no event with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A text of 22 to 200 visible ASCII characters, such as a UUID, that is new for each intent. A request repeated with the same key is done once.
                 * @example 0191f3c2-7d7e-7a53-9c1e-3a0f6a1d2b4c
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                eventID: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seats": 2
                 *     }
                 */
                "application/json": components["schemas"]["BookingInput"];
            };
        };
        responses: {
            /** @description The booking; with the same Idempotency-Key, the one that was made before. */
            201: {
                headers: {
                    /** @description Path of the new document. */
                    Location?: string;
                    /** @description `myevents_access` and `myevents_refresh`, where the caller had no session. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token is not valid (any more). Or there is none, and the Idempotency-Key alone no longer opens the session of the guest who booked with it: a day has passed, or somebody has taken the guest over. Or guests cannot book here (the setting `guest_checkout`), and the caller has no account. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["Forbidden"];
            /** @description There is no event with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is cancelled or over, or fewer seats are left; then `available` says how many. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "only 2 seats are left",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "available": 2
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seats` is not from 1 to what one booking may have, or the Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "seats: must be from 1 to 20",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "seats",
                     *           "message": "must be from 1 to 20"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAvailability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                eventID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The seats. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description There is no event with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamAvailability: {
        parameters: {
            query: {
                /** @description IDs of up to 50 events. */
                event: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events without a name; the `data` of each is an Availability. The figures of every event that is known come at once, and again at every change; each is absolute, and none is older than one before it. Lines that begin with a colon only show that the stream lives. It ends when the service stops: connect again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example data: {"EventID":"5f1d7a3e9c2b4d6f8a0e1c3b","Capacity":1000,"Booked":40,"Available":960,"Sequence":18}
                     *
                     *     : still here
                     */
                    "text/event-stream": string;
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBookings: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description The cursor of the next page; take it from the Link header. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bookings. */
            200: {
                headers: {
                    /** @description The next page, with rel="next"; absent on the last one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"][];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The session or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBooking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                bookingID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description The session or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has no booking with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelBooking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                bookingID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description The session or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["Forbidden"];
            /** @description The caller has no booking with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is cancelled or over. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "only 2 seats are left",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "available": 2
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keepSeats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                bookingID: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seats": 1
                 *     }
                 */
                "application/json": components["schemas"]["BookingInput"];
            };
        };
        responses: {
            /** @description The booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The session or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["Forbidden"];
            /** @description The caller has no booking with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is cancelled or over, or all seats were given back. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "only 2 seats are left",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "available": 2
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seats` is not from 1 to what the booking holds. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "seats: must be from 1 to 20",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "seats",
                     *           "message": "must be from 1 to 20"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelForOrganiser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                bookingID: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "the balcony is closed"
                 *     }
                 */
                "application/json": components["schemas"]["CancellationInput"];
            };
        };
        responses: {
            /** @description The booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "9b3c0e5d7f1a2c4e6d8b0f13",
                     *       "Date": 1899000000,
                     *       "BookedAt": "2030-03-06T05:00:00+01:00",
                     *       "Seats": 0,
                     *       "GivenBack": 3,
                     *       "UserID": "5f1d7a3e9c2b4d6f8a0e1cff",
                     *       "Name": "Ada Lovelace",
                     *       "Email": "ada@example.com",
                     *       "Status": "cancelled",
                     *       "CancellationReason": "the balcony is closed"
                     *     }
                     */
                    "application/json": components["schemas"]["Attendee"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "please sign in as an organiser",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is not an organiser, or the event is another organiser's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this is another organiser's event",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no booking with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is cancelled or over, or all seats were given back by whoever booked them. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "all seats of this booking were given back",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no reason, or it is too long. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "reason: is required",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "reason",
                     *           "message": "is required"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatistics: {
        parameters: {
            query?: {
                /** @description IDs of up to 50 events; without it all, page by page. */
                event?: string[];
                /**
                 * @description The first day, on the clocks of the venue, that `Days` has. The other figures are those of all days.
                 * @example 2030-03-01
                 */
                from?: string;
                /**
                 * @description The last day, on the clocks of the venue, that `Days` has. The other figures are those of all days.
                 * @example 2030-03-01
                 */
                to?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description The cursor of the next page; take it from the Link header. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, those that start last first. */
            200: {
                headers: {
                    /** @description The next page, with rel="next"; absent on the last one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"][];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "from: must be a day like 2027-06-30",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "from",
                     *           "message": "must be a day like 2027-06-30"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "please sign in as an organiser",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is not an organiser, or the event is another organiser's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this is another organiser's event",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no event with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is no event with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTicket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                bookingID: string;
                /** @description The secret. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ticket. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description There is no ticket with this link. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Nobody: there is no session. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The session or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the access token is not valid, or not any more",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["DeleteInput"];
            };
        };
        responses: {
            /** @description The account is deleted. */
            204: {
                headers: {
                    /** @description Removes both cookies. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is a guest, or the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this needs an account",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field is not right, or the password is not. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "password: is not right",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "password",
                     *           "message": "is not right"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "anna.holm@example.org",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["ProfileInput"];
            };
        };
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *       "Guest": false,
                     *       "email": "anna@example.org",
                     *       "name": "Anna Holm",
                     *       "roles": []
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is a guest, or the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this needs an account",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address is another account's. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "there already is an account with this e-mail address; please sign in",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field is not right, or the password is not. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "password: is not right",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "password",
                     *           "message": "is not right"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session goes on. */
            200: {
                headers: {
                    /** @description The next `myevents_access` and `myevents_refresh`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description There is no session, or it has ended. */
            401: {
                headers: {
                    /** @description Removes both cookies. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "anna@example.org",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["SignInInput"];
            };
        };
        responses: {
            /** @description The session has begun. */
            201: {
                headers: {
                    /** @description `myevents_access` and `myevents_refresh`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJFZERTQSIs…",
                     *       "user": {
                     *         "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *         "Guest": false,
                     *         "email": "anna@example.org",
                     *         "name": "Anna Holm",
                     *         "roles": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address or the password is not right. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the e-mail address or the password is not right",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "requests from other sites are not taken",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field is not known, or of another type. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "password: must be a string, not number",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "password",
                     *           "message": "must be a string, not number"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    /** @description Removes both cookies. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            /** @description A store or a broker is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            kty: string;
                            crv?: string;
                            x?: string;
                            kid: string;
                            alg?: string;
                            use?: string;
                        }[];
                    };
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description A store is away. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.0. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            429: components["responses"]["TooManyRequests"];
        };
    };
    findUser: {
        parameters: {
            query: {
                /**
                 * @description The address, in any case.
                 * @example anna@example.org
                 */
                email: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, or an empty list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *         "Guest": false,
                     *         "email": "anna@example.org",
                     *         "name": "Anna Holm",
                     *         "roles": []
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["User"][];
                };
            };
            /** @description `email` is missing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "email: is required",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "email",
                     *           "message": "is required"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is no admin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "only an admin may do this",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "anna@example.org",
                 *       "password": "correct horse battery",
                 *       "name": "Anna Holm"
                 *     }
                 */
                "application/json": components["schemas"]["SignUpInput"];
            };
        };
        responses: {
            /** @description The account; its session has begun. */
            201: {
                headers: {
                    /** @description `/users/me` */
                    Location?: string;
                    /** @description `myevents_access` and `myevents_refresh`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJFZERTQSIs…",
                     *       "user": {
                     *         "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *         "Guest": false,
                     *         "email": "anna@example.org",
                     *         "name": "Anna Holm",
                     *         "roles": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "requests from other sites are not taken",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address is another account's. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "there already is an account with this e-mail address; please sign in",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field is not right; a password is not if it is one of the most common. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "password: must have 8 to 128 characters",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "password",
                     *           "message": "must have 8 to 128 characters"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setRoles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 24 hexadecimal digits. */
                userID: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "roles": [
                 *         "organiser"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RolesInput"];
            };
        };
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *       "Guest": false,
                     *       "email": "anna@example.org",
                     *       "name": "Anna Holm",
                     *       "roles": [
                     *         "organiser"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is no admin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "only an admin may do this",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no account with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "there is nothing with this ID",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A role is not known, or it is the caller who would be admin no more. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "roles: must be of organiser and admin",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "roles",
                     *           "message": "must be of organiser and admin"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery",
                 *       "newPassword": "a new one, as good"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordInput"];
            };
        };
        responses: {
            /** @description The password is changed, and a new session has begun. */
            200: {
                headers: {
                    /** @description `myevents_access` and `myevents_refresh`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJFZERTQSIs…",
                     *       "user": {
                     *         "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *         "Guest": false,
                     *         "email": "anna@example.org",
                     *         "name": "Anna Holm",
                     *         "roles": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "body: is empty, it must be a JSON object",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "body",
                     *           "message": "is empty, it must be a JSON object"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is a guest, or the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Forbidden",
                     *       "status": 403,
                     *       "detail": "this needs an account",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Request Entity Too Large",
                     *       "status": 413,
                     *       "detail": "the body must have at most 65536 bytes",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unsupported Media Type",
                     *       "status": 415,
                     *       "detail": "the body must be application/json, not \"text/html\"",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field is not right, or the password is not. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unprocessable Entity",
                     *       "status": 422,
                     *       "detail": "password: is not right",
                     *       "request_id": "6f1c0b7e2a94d835",
                     *       "errors": [
                     *         {
                     *           "field": "password",
                     *           "message": "is not right"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As a file to save: the user, all bookings, those that were made as a guest among them, and the sessions that go on. */
            200: {
                headers: {
                    /** @description `attachment`, with a name. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "ID": "5f1d7a3e9c2b4d6f8a0e1c3b",
                     *         "Guest": false,
                     *         "email": "anna@example.org",
                     *         "name": "Anna Holm",
                     *         "roles": []
                     *       },
                     *       "created": 1790000000,
                     *       "guests": [],
                     *       "bookings": [],
                     *       "sessions": [
                     *         {
                     *           "ID": "6a1d7a3e9c2b4d6f8a0e1c3b",
                     *           "refreshed": 1790000000,
                     *           "expires": 1792592000
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description There is no session, or it or the token is not valid (any more). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "the session has ended; please sign in again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much was asked for in a short time. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Too Many Requests",
                     *       "status": 429,
                     *       "detail": "too many attempts; please try again in 6 seconds",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A store or a broker is away, or too many passwords wait to be checked. Try again. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "this cannot be done at the moment; please try again",
                     *       "request_id": "6f1c0b7e2a94d835"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
