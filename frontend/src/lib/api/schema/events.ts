export interface paths {
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events that are neither over nor cancelled, by their start */
        get: operations["listEvents"];
        put?: never;
        /**
         * Create an event
         * @description With an Idempotency-Key, the same request made again is answered with the event that the first one made, as it is now; another request with the same key is refused (422). A new location that comes with the event is made once, too.
         */
        post: operations["addEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The list as a calendar to subscribe to */
        get: operations["eventsCalendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{eventID}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One event, also when it is over or cancelled */
        get: operations["getEvent"];
        /**
         * Replace an event
         * @description All fields are replaced; what is absent is none. To take over the present halls of the location, send it without Halls. A cancelled event cannot be changed (409).
         */
        put: operations["changeEvent"];
        post?: never;
        /**
         * Cancel an event, for good
         * @description Cancelling a cancelled event again changes nothing and is answered in the same way.
         */
        delete: operations["cancelEvent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{eventID}/event.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One event as a calendar entry */
        get: operations["eventCalendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{SearchCriteria}/{search}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One event by id or by name; of several of the name the next one that is not over
         * @description Where all events of the name are over or cancelled, it is the last of them.
         */
        get: operations["searchEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All locations, by name */
        get: operations["listLocations"];
        put?: never;
        /**
         * Create a location
         * @description With an Idempotency-Key, the same request made again is answered with the location that the first one made, as it is now; another request with the same key is refused (422).
         */
        post: operations["addLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/locations/{locationID}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One location */
        get: operations["getLocation"];
        /** Replace a location; the halls of events that exist stay as they are */
        put: operations["changeLocation"];
        post?: never;
        /** Delete a location where no more events are to come */
        delete: operations["deleteLocation"];
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Event: {
            ID: components["schemas"]["ID"];
            Name: string;
            /**
             * Format: int64
             * @description Minutes, as the organiser gave them.
             */
            Duration: number;
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
            Location: components["schemas"]["Location"];
            /**
             * Format: int64
             * @description Sum of the halls; null without halls: not limited.
             */
            Capacity: number | null;
            Cancelled: boolean;
            /** Format: int64 */
            Version: number;
            /** @description Who may change it; empty: administrators only. */
            OrganiserID?: string;
        };
        Location: {
            ID: components["schemas"]["ID"];
            Name: string;
            Address: string;
            Country: string;
            /** @description Hour of the day. */
            OpenTime: number;
            /** @description Hour of the day. */
            CloseTime: number;
            Halls: components["schemas"]["Hall"][];
            /** @description IANA name; empty where an event has no place. */
            TimeZone: string;
            /** Format: int64 */
            Version: number;
            /** @description Who may change it; empty: administrators only. */
            OrganiserID?: string;
        };
        Hall: {
            name: string;
            /** @description Where in the building. */
            location: string;
            /** Format: int64 */
            capacity: number;
        };
        EventInput: {
            /** @description 24 hexadecimal digits: a new event gets this ID. Absent, null and empty mean none. Ignored where an event is replaced. */
            ID?: string | null;
            Name: string;
            /**
             * Format: int64
             * @description Minutes, kept as they are sent. Where it is absent, what is between the dates.
             */
            Duration?: number | null;
            /**
             * Format: int64
             * @description Unix seconds, up to the end of the year 9999.
             */
            StartDate: number;
            /**
             * Format: int64
             * @description Unix seconds, up to the end of the year 9999. Not before StartDate.
             */
            EndDate: number;
            /** @description Absent, null, or with nothing in it: nowhere. A known ID means that location; then Halls are the event's own: [] is none, absent or null takes the location's present ones, and the other fields are ignored. Otherwise, with a Name, it is stored as a new location. */
            Location?: components["schemas"]["PlaceInput"] | null;
            /** @description Ignored. */
            Capacity?: unknown;
            /** @description Ignored. */
            Cancelled?: unknown;
            /** @description Ignored. */
            Version?: unknown;
            /** @description Ignored. */
            OrganiserID?: unknown;
        };
        PlaceInput: {
            /** @description 24 hexadecimal digits. Absent, null and empty mean none. */
            ID?: string | null;
            Name?: string | null;
            Address?: string | null;
            Country?: string | null;
            /** @description Hour of the day; 0 where it is absent. */
            OpenTime?: number | null;
            /** @description Hour of the day; 0 where it is absent. */
            CloseTime?: number | null;
            Halls?: components["schemas"]["HallInput"][] | null;
            /**
             * @description IANA name, such as Europe/Berlin. Where it is absent, the service's default_timezone.
             * @example Europe/Berlin
             */
            TimeZone?: string | null;
            /** @description Ignored. */
            Version?: unknown;
            /** @description Ignored. */
            OrganiserID?: unknown;
        };
        LocationInput: {
            /** @description 24 hexadecimal digits: a new location gets this ID. Absent, null and empty mean none. Ignored where a location is replaced. */
            ID?: string | null;
            Name: string;
            Address?: string | null;
            Country?: string | null;
            /** @description Hour of the day; 0 where it is absent. */
            OpenTime?: number | null;
            /** @description Hour of the day; 0 where it is absent. */
            CloseTime?: number | null;
            Halls?: components["schemas"]["HallInput"][] | null;
            /**
             * @description IANA name, such as Europe/Berlin. Where it is absent, the service's default_timezone.
             * @example Europe/Berlin
             */
            TimeZone?: string | null;
            /** @description Ignored. */
            Version?: unknown;
            /** @description Ignored. */
            OrganiserID?: unknown;
        };
        HallInput: {
            name?: string | null;
            /** @description Where in the building. */
            location?: string | null;
            /** Format: int64 */
            capacity: number;
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
    listEvents: {
        parameters: {
            query?: {
                /** @description A part of the event's name, or of its place's name, address or country, in any case. */
                q?: string;
                /** @description Events that start at this moment or after it: a day (UTC), a time by RFC 3339, or Unix seconds. */
                from?: string;
                /** @description Events that start before this moment; a day counts in full. */
                to?: string;
                /** @description The place's country, in any case. */
                country?: string;
                /** @description ID of the location. */
                location?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description The cursor of the next page; take it from the Link header. */
                after?: string;
            };
            header?: {
                /** @description Answer 304 if this is what would be answered. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description The next page, with rel="next"; absent on the last one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"][];
                };
            };
            /** @description The client has it already. */
            304: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of 22 to 200 visible ASCII characters, such as a UUID, that is new for each intent. A request repeated with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "Name": "Summer Night Concert",
                 *       "StartDate": 1814464800,
                 *       "EndDate": 1814475600,
                 *       "Location": {
                 *         "Name": "Old Harbour Hall",
                 *         "Address": "Quay 7, Hamburg",
                 *         "Country": "Germany",
                 *         "TimeZone": "Europe/Berlin",
                 *         "Halls": [
                 *           {
                 *             "name": "Main hall",
                 *             "location": "Ground floor",
                 *             "capacity": 400
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["EventInput"];
            };
        };
        responses: {
            /** @description The event as it is stored. */
            201: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description Path of the new document. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The state of things does not allow it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request was understood, but a field is not right. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eventsCalendar: {
        parameters: {
            query?: {
                /** @description A part of the event's name, or of its place's name, address or country, in any case. */
                q?: string;
                /** @description Events that start at this moment or after it: a day (UTC), a time by RFC 3339, or Unix seconds. */
                from?: string;
                /** @description Events that start before this moment; a day counts in full. */
                to?: string;
                /** @description The place's country, in any case. */
                country?: string;
                /** @description ID of the location. */
                location?: string;
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
            /** @description An iCalendar (RFC 5545). */
            200: {
                headers: {
                    /** @description The next page, with rel="next"; absent on the last one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is what would be answered. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                eventID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The client has it already. */
            304: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only to the version with this entity tag, or * for any. That the location was changed meanwhile, which changes the tag too, is no obstacle. */
                "If-Match"?: string;
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
                 *       "Name": "Summer Night Concert",
                 *       "StartDate": 1814464800,
                 *       "EndDate": 1814475600,
                 *       "Location": {
                 *         "Name": "Old Harbour Hall",
                 *         "Address": "Quay 7, Hamburg",
                 *         "Country": "Germany",
                 *         "TimeZone": "Europe/Berlin",
                 *         "Halls": [
                 *           {
                 *             "name": "Main hall",
                 *             "location": "Ground floor",
                 *             "capacity": 400
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["EventInput"];
            };
        };
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If-Match names another version than the present one. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request was understood, but a field is not right. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only to the version with this entity tag, or * for any. That the location was changed meanwhile, which changes the tag too, is no obstacle. */
                "If-Match"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                eventID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event, cancelled. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If-Match names another version than the present one. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eventCalendar: {
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
            /** @description An iCalendar (RFC 5545). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is what would be answered. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description id or name, in any case. */
                SearchCriteria: string;
                /** @description The ID, or the whole name in any case. */
                search: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The client has it already. */
            304: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLocations: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is what would be answered. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The locations. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"][];
                };
            };
            /** @description The client has it already. */
            304: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of 22 to 200 visible ASCII characters, such as a UUID, that is new for each intent. A request repeated with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "Name": "Old Harbour Hall",
                 *       "Address": "Quay 7, Hamburg",
                 *       "Country": "Germany",
                 *       "TimeZone": "Europe/Berlin",
                 *       "Halls": [
                 *         {
                 *           "name": "Main hall",
                 *           "location": "Ground floor",
                 *           "capacity": 400
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LocationInput"];
            };
        };
        responses: {
            /** @description The location as it is stored. */
            201: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description Path of the new document. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The state of things does not allow it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request was understood, but a field is not right. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is what would be answered. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                locationID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The location. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
            /** @description The client has it already. */
            304: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only to the version with this entity tag, or * for any. */
                "If-Match"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                locationID: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "Name": "Old Harbour Hall",
                 *       "Address": "Quay 7, Hamburg",
                 *       "Country": "Germany",
                 *       "TimeZone": "Europe/Berlin",
                 *       "Halls": [
                 *         {
                 *           "name": "Main hall",
                 *           "location": "Ground floor",
                 *           "capacity": 400
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LocationInput"];
            };
        };
        responses: {
            /** @description The location. */
            200: {
                headers: {
                    /** @description Entity tag of the answer, for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
            /** @description The request could not be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If-Match names another version than the present one. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request was understood, but a field is not right. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only to the version with this entity tag, or * for any. */
                "If-Match"?: string;
            };
            path: {
                /** @description 24 hexadecimal digits. */
                locationID: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
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
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing with this ID. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If-Match names another version than the present one. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
}
