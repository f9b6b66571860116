// Made by "npm run types" from the API of jobs; changes made here are lost.
export interface paths {
    "/api/admin/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts the program anew, on the same port and without refusing a connection. */
        post: operations["restart_program"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/update-port": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves the service to another port, where no port map says on which one it is. */
        post: operations["update_port"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document, beside the page that shows it. */
        get: operations["get_docs_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service can do its work. */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service takes requests: healthy and not about to end. */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the service is and which paths it serves. */
        get: operations["get_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists jobs by name. */
        get: operations["list_jobs"];
        put?: never;
        /** Makes a job. */
        post: operations["create_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a job with its current definition. */
        get: operations["get_job"];
        /** Changes a job; a changed definition makes a new version. */
        put: operations["change_job"];
        post?: never;
        /** Removes a job; its runs stay readable. */
        delete: operations["delete_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts a run. The body gives parameters, by themselves or under `parameters`. A repeated
         *     `Idempotency-Key` with the same body answers with the run that it started.
         */
        post: operations["start_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists all versions of a job, newest first. */
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one version of a job. */
        get: operations["get_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus. */
        get: operations["get_metrics"];
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
        /** This document. */
        get: operations["get_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists runs, newest first. */
        get: operations["list_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a run, and why it waits. */
        get: operations["get_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels a run: at once if nothing of it runs, else as soon as its executor confirms. */
        post: operations["cancel_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Streams what happened in a run and what happens, output included: events of the kinds in `kind`, then
         *     `end`. `lagged` `{from, to}` stands for output that was passed over because the reader was more than
         *     4 MiB behind; who watches too many runs at a time is refused with 429; `unauthorized` ends a stream whose token has ended: connect again with a new one.
         */
        get: operations["watch_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/repeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts a run that repeats one that is over, with its parameters and its version of the job. A
         *     repeated `Idempotency-Key` with the same body answers with the run that it started.
         */
        post: operations["repeat_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the steps of a run, in order, with their output or without it. */
        get: operations["list_steps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/steps/{step}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels a step: at once if it does not run, else as soon as its executor confirms. It is
         *     `aborted` for the reason `canceled`, and what follows is what follows of its failure
         *     (`on_error`). Repeating the request changes nothing.
         */
        post: operations["cancel_step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/steps/{step}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows lines of the output of a step, or searches them. */
        get: operations["read_output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/steps/{step}/output/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Downloads the output of a step, byte for byte; a line stands for what is missing. */
        get: operations["download_output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/steps/{step}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what became of a step whose executor was lost after the command was sent, or decides on a
         *     step that waits for approval: `succeeded` approves, `failed` rejects.
         */
        post: operations["resolve_step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/targets/{target}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels all that a run has still to do on a target; it goes on with the others as after a
         *     failure there.
         */
        post: operations["cancel_target"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts a run that undoes what a run has done, in reverse order: its steps that succeeded, say how
         *     they are undone, and were not undone yet. A run that a failure has ended does so by itself.
         */
        post: operations["undo_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts runs of the last hours by state, and those that have not ended. */
        get: operations["get_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many steps may run at a time. */
        get: operations["get_limits"];
        /** Changes how many steps may run at a time; steps that are queued already keep to the limits before. */
        put: operations["set_limits"];
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
        /** @description Runs that were asked for within one hour. */
        ActiveHour: {
            /**
             * Format: date-time
             * @description When it began.
             */
            start: string;
            /**
             * @description How many of its runs are in which state.
             * @example {
             *       "failed": 1,
             *       "succeeded": 12
             *     }
             */
            states: {
                [key: string]: number;
            };
        };
        /** @description How runs went. */
        Activity: {
            /** @description The hours, oldest first; the last one is the present one. */
            hours: components["schemas"]["ActiveHour"][];
            /**
             * @description Runs that have not ended, of any age, by state.
             * @example {
             *       "running": 2
             *     }
             */
            open: {
                [key: string]: number;
            };
        };
        /** @description Changes of a job; absent fields stay. */
        ChangeJob: {
            /** @description A new definition. */
            definition?: Record<string, never> | null;
            /** @description Whether it may be run. */
            is_active?: boolean | null;
            /** @description A new name. */
            name?: string | null;
            /**
             * Format: int32
             * @description Number of the next version; counts only with a changed definition.
             */
            version?: number | null;
        };
        /** @description The run of a `job` step. */
        Child: {
            /** @description More about the state. */
            reason?: string | null;
            /** @description Its id. */
            run_id: components["schemas"]["RunId"];
            /** @description Its state. */
            status: components["schemas"]["RunStatus"];
        };
        /** @description A new job. */
        CreateJob: {
            /** @description What it does. */
            definition: Record<string, never>;
            /** @description Whether it may be run. */
            is_active?: boolean;
            /**
             * @description Name, unique.
             * @example restart web
             */
            name: string;
            /**
             * Format: int32
             * @description Number of its first version.
             */
            version?: number;
        };
        /**
         * @description What a person says became of a step whose executor was lost.
         * @enum {string}
         */
        Decision: "succeeded" | "failed" | "retry";
        /** @description Says that something was done. */
        Done: {
            /** @description What was done. */
            message: string;
            /** @description Always true: whatever fails is a problem. */
            success: boolean;
        };
        /** @description What became of a listener that was drained. */
        Drained: {
            /**
             * Format: int64
             * @description Number of the listener.
             */
            generation: number;
            /** @description Requests that it worked on when it was told to close. */
            in_flight_at_switch: number;
            /** @description Requests that it still worked on, or that waited in the kernel, when it was given up. */
            lost: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /**
             * Format: int64
             * @description From the one to the other, in milliseconds.
             */
            waited_ms: number;
        };
        /** @description What is missing. */
        Dropped: {
            /**
             * Format: int64
             * @description Line ends before it.
             */
            after_line: number;
            /**
             * Format: int64
             * @description Bytes that are missing.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Line ends among them.
             */
            lines: number;
        };
        /** @description What an event tells. */
        EventData: components["schemas"]["OutputData"] | Record<string, never>;
        /** @description One field at fault. */
        FieldError: {
            /**
             * @description Stable name of the fault.
             * @example out_of_range
             */
            code: string;
            /**
             * @description What would be right.
             * @example must be between 1 and 65535
             */
            detail: string;
            /**
             * @description Path of the field in the body or query, such as `steps[0].target`.
             * @example port
             */
            field: string;
        };
        /** @description A piece of one stream. Either `text` or `base64` is there. */
        FrameData: {
            /**
             * Format: date-time
             * @description When it came.
             */
            at: string;
            /** @description The bytes, if they are not. */
            base64?: string | null;
            /**
             * Format: int64
             * @description Bytes of this claim before it.
             */
            offset: number;
            /** @description `stdout`, `stderr` or `system` (notes of the executor). */
            stream: string;
            /** @description The bytes, if they are UTF-8 without zero bytes. */
            text?: string | null;
        };
        /** @description Answer of `GET /health`. */
        Health: {
            /** @description What it depends on, each `ok` or what is wrong. */
            checks?: {
                [key: string]: string;
            };
            /** @description Its parts and how they are, where its clients ask for that. */
            components?: {
                [key: string]: string;
            };
            /**
             * @description The service, such as `auth-service`.
             * @example auth-service
             */
            service: string;
            /**
             * @description `healthy`, or `unhealthy` with the reasons in `checks`.
             * @example healthy
             */
            status: string;
            /** @description Its version, where its clients ask for it here. */
            version?: string | null;
        };
        /** @description What the service is. */
        Info: {
            /** @description One sentence. */
            description: string;
            /** @description Paths that it serves. */
            endpoints: string[];
            /** @description Name. */
            service: string;
            /** @description Protocols that it knows. */
            supportedProtocols?: string[] | null;
            /** @description Types of objects that it knows. */
            supportedTypes?: string[] | null;
            /** @description Version. */
            version: string;
        };
        /** @description A job. */
        Job: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            created_by?: components["schemas"]["UserId"] | null;
            /** @description What it does. */
            definition: Record<string, never>;
            /** @description Id. */
            id: components["schemas"]["JobId"];
            /** @description Whether it may be run. */
            is_active: boolean;
            /**
             * @description Name, unique.
             * @example restart web
             */
            name: string;
            /**
             * Format: date-time
             * @description When it was changed.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description Number of the current version.
             */
            version: number;
        };
        /**
         * Format: int64
         * @description A job definition.
         * @example 1
         */
        JobId: number;
        /** @description Jobs, and how many there are in all. */
        JobList: {
            /** @description By name. */
            jobs: components["schemas"]["Job"][];
            /**
             * Format: int64
             * @description All that the filter lets through.
             */
            total: number;
        };
        /** @description Most steps that run at a time; none: no limit. */
        Limits: {
            /**
             * Format: int32
             * @description Steps that use one credential.
             */
            per_credential?: number | null;
            /**
             * Format: int32
             * @description Steps of one job.
             */
            per_job?: number | null;
            /**
             * Format: int32
             * @description All steps.
             */
            total?: number | null;
        };
        /** @description A line of output. */
        Line: {
            /**
             * Format: date-time
             * @description When its end came.
             */
            at: string;
            /** @description Whether some of it is missing. */
            cut: boolean;
            /**
             * Format: int64
             * @description From 1, over all streams.
             */
            number: number;
            /** @description Whether its end has not come. */
            open: boolean;
            /** @description `stdout`, `stderr` or `system` (notes of the executor). */
            stream: string;
            /** @description Without its end; bytes that are no UTF-8 are replaced. */
            text: string;
        };
        /** @description All listeners of a process, and what became of those before. */
        ListenerReport: {
            /** @description Those that were drained since the start, oldest first; the last few. */
            drained: components["schemas"]["Drained"][];
            /**
             * Format: int64
             * @description The highest epoch that it was called with.
             */
            epoch: number;
            /** @description Which process this is: another value after each start. */
            instance: string;
            /** @description Those that are open, oldest first. */
            listeners: components["schemas"]["Listening"][];
        };
        /** @description A listener as others see it. */
        Listening: {
            /**
             * Format: int64
             * @description Number of the listener within the process, from 1.
             */
            generation: number;
            /** @description Requests that it works on. */
            in_flight: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /**
             * Format: int64
             * @description Requests so far.
             */
            served: number;
            /** @description Where it is in its life. */
            stage: components["schemas"]["Stage"];
        };
        /** @description Answer of a delete and of other acts without a result of their own. */
        Message: {
            /**
             * @description What was done.
             * @example target web-1 deleted
             */
            message: string;
        };
        /** @description What a claim of a step has printed since the last such event. */
        OutputData: components["schemas"]["Place"] & {
            dropped?: components["schemas"]["Dropped"] | null;
            /** @description The pieces, in order. */
            frames: components["schemas"]["FrameData"][];
        };
        /** @description Lines of output. */
        OutputLines: {
            /** @description What is missing of all that was printed. */
            dropped: components["schemas"]["Dropped"][];
            /**
             * Format: int64
             * @description The claim that has printed it; 0 if nothing was printed.
             */
            epoch: number;
            /** @description The lines, in order. */
            lines: components["schemas"]["Line"][];
            /**
             * Format: int64
             * @description The next line that would fit, if there is one.
             */
            next_line?: number | null;
            /**
             * Format: int64
             * @description Bytes of all that it has printed so far, what is missing included.
             */
            total_bytes: number;
            /**
             * Format: int64
             * @description Line ends among them.
             */
            total_lines: number;
        };
        /** @description As the database tells it. */
        Place: {
            /**
             * Format: int64
             * @description Number of the claim.
             */
            epoch: number;
            /**
             * Format: int64
             * @description Bytes of it.
             */
            length: number;
            /**
             * Format: int64
             * @description Line ends before it.
             */
            line: number;
            /**
             * Format: int64
             * @description Line ends in it.
             */
            lines: number;
            /**
             * Format: int64
             * @description Bytes that could not be written so far, if there are any.
             */
            lost_bytes?: number | null;
            /**
             * Format: int64
             * @description Bytes before it.
             */
            offset: number;
        };
        /** @description An order of the port manager about a port of a service. */
        PortOrder: {
            /**
             * Format: int64
             * @description Number of who leads the move; grows with each that takes over.
             */
            epoch: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
        };
        /** @description What went wrong, for a person (`detail`) and for a program (`code`). */
        Problem: {
            /**
             * @description Stable name of the condition.
             * @example targets.name_taken
             */
            code: string;
            /**
             * @description What happened and what would be right, in a sentence.
             * @example a target named web-1 exists already
             */
            detail: string;
            /** @description The fields that are at fault. */
            errors?: components["schemas"]["FieldError"][];
            /** @description Finds this request in the logs. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 409
             */
            status: number;
            /**
             * @description The HTTP status in words.
             * @example Conflict
             */
            title: string;
            /**
             * @description Always `about:blank`: `code` tells kinds apart.
             * @example about:blank
             */
            type: string;
        };
        /** @description What of a run is repeated. */
        RepeatRun: {
            /** @description How much of it. */
            scope: components["schemas"]["Scope"];
        };
        /** @description What a person says became of a step. */
        ResolveStep: {
            /** @description The decision. */
            decision: components["schemas"]["Decision"];
        };
        /** @description A run. */
        Run: {
            /**
             * Format: date-time
             * @description When a person asked for its end.
             */
            cancel_requested_at?: string | null;
            /** @description Finds what belongs together in logs. */
            correlation_id: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /** @description Id. */
            id: components["schemas"]["RunId"];
            /** @description Whether that goes on. */
            is_being_undone: boolean;
            /** @description Its job. */
            job_id: components["schemas"]["JobId"];
            /** @description Name of the job at that time. */
            job_name: string;
            /**
             * Format: int32
             * @description Version of the job that it runs.
             */
            job_version: number;
            /** @description What it was told, defaults filled in; `{"secret": true}` in the place of a secret. */
            parameters: Record<string, never>;
            /**
             * Format: int64
             * @description The run whose step has started it.
             */
            parent_run_id?: number | null;
            /**
             * Format: int64
             * @description That step.
             */
            parent_step_id?: number | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            queued_at: string;
            /** @description More about the state. */
            reason?: string | null;
            /** @description What of that: `all`, `failed` or `rest`. */
            repeat_scope?: string | null;
            /**
             * Format: int64
             * @description The run that it repeats.
             */
            repeats?: number | null;
            requested_by?: components["schemas"]["UserId"] | null;
            /** @description Name of who started it. */
            requested_by_name: string;
            /**
             * Format: date-time
             * @description When its first step started.
             */
            started_at?: string | null;
            /** @description State. */
            status: components["schemas"]["RunStatus"];
            /**
             * Format: int32
             * @description How many steps it has.
             */
            steps_total: number;
            /**
             * Format: int64
             * @description How many of its steps could be undone and were not.
             */
            undo_left: number;
            /**
             * Format: int64
             * @description The run that undid it last, or does so.
             */
            undo_run_id?: number | null;
            /**
             * Format: int64
             * @description The run that it undoes.
             */
            undoes?: number | null;
            /** @description Why it waits; told of one run, not in lists. */
            waiting?: components["schemas"]["Waiting"][] | null;
        };
        /** @description Something that happened in a run. */
        RunEvent: {
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description More about it. */
            data: components["schemas"]["EventData"];
            /** @description Such as `run.running`, `step.succeeded` or `output`; also the name of the event. */
            kind: string;
            /**
             * Format: int64
             * @description Number, from 1 without gaps; also the id of the event.
             */
            seq: number;
            /**
             * Format: int64
             * @description The step that it is about.
             */
            step_id?: number | null;
        };
        /**
         * Format: int64
         * @description One execution of a job.
         * @example 1
         */
        RunId: number;
        /** @description Runs, and how many there are in all. */
        RunList: {
            /** @description Newest first. */
            runs: components["schemas"]["Run"][];
            /**
             * Format: int64
             * @description All that the filter lets through.
             */
            total: number;
        };
        /**
         * @description State of a run.
         * @enum {string}
         */
        RunStatus: "queued" | "running" | "succeeded" | "failed" | "canceled" | "needs_attention";
        /**
         * @description What of a run is repeated.
         * @enum {string}
         */
        Scope: "all" | "failed" | "rest";
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
        /** @description An executor wants the run of a `job` step that it holds: it is started unless it was already. */
        StartChild: {
            /**
             * Format: int32
             * @description How often the step has failed: each try has a run of its own.
             */
            attempt: number;
            /**
             * Format: int64
             * @description The claim's fence.
             */
            epoch: number;
            /** @description Name of the job. */
            job: string;
            /** @description What it is told. */
            parameters: Record<string, never>;
            /** @description The step. */
            step_id: components["schemas"]["StepId"];
            /** @description The executor that holds the claim. */
            worker: string;
        };
        /** @description A step, and why it waits. */
        Step: components["schemas"]["StepRow"] & {
            /** @description Why it waits, if it could be next. */
            waiting?: components["schemas"]["Waiting"][];
        };
        /**
         * Format: int64
         * @description One step of a run on one target.
         * @example 1
         */
        StepId: number;
        /** @description A step as clients see it. */
        StepRow: {
            /**
             * Format: int64
             * @description The run that it has started last, and waits for.
             */
            child_run_id?: number | null;
            /**
             * Format: int64
             * @description How often it was claimed.
             */
            epoch: number;
            /**
             * Format: int32
             * @description Exit code of the command.
             */
            exit_code?: number | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /** @description Id. */
            id: components["schemas"]["StepId"];
            /**
             * Format: int32
             * @description Its place in the run.
             */
            idx: number;
            /** @description Whether it was undone; none: there is no step that would. */
            is_undone?: boolean | null;
            /** @description Its run. */
            job_run_id: components["schemas"]["RunId"];
            /** @description Measured values. */
            metrics: Record<string, never>;
            /** @description What it is called. */
            name: string;
            /** @description More about the state. */
            reason?: string | null;
            /** @description The shell that reads its command. */
            shell?: string | null;
            /**
             * Format: date-time
             * @description When it started.
             */
            started_at?: string | null;
            /** @description State. */
            status: string;
            /** @description Standard error, secrets removed. */
            stderr?: string | null;
            /** @description Standard output, secrets removed. */
            stdout?: string | null;
            /**
             * Format: int64
             * @description Its target.
             */
            target_id?: number | null;
            /** @description Name of the target at that time. */
            target_name?: string | null;
            /**
             * Format: int32
             * @description Longest time it may take, in seconds.
             */
            timeoutsec: number;
            /** @description Its type. */
            type: string;
            /**
             * Format: int32
             * @description Place of that step in its run.
             */
            undoes_idx?: number | null;
            /**
             * Format: int64
             * @description The step of another run that it undoes.
             */
            undoes_step_id?: number | null;
        };
        /** @description Asks a service to move by itself, in the words of the suite's clients. */
        UpdatePort: {
            /**
             * Format: int32
             * @description Port to come to.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port that it is on.
             */
            old_port: number;
            /** @description Who asks; not looked at. */
            source?: string | null;
            /**
             * Format: int64
             * @description When it was asked, in Unix seconds; not looked at.
             */
            timestamp?: number | null;
        };
        /**
         * Format: int64
         * @description A person who can sign in.
         * @example 1
         */
        UserId: number;
        /** @description One version of a job. */
        Version: {
            /**
             * Format: date-time
             * @description When it was saved.
             */
            created_at: string;
            /** @description User id of who saved it. */
            created_by: string;
            /** @description What the job did in this version. */
            definition: Record<string, never>;
            /**
             * Format: int32
             * @description Its number.
             */
            version: number;
        };
        /** @description Versions of a job. */
        VersionList: {
            /** @description How many. */
            total: number;
            /** @description Newest first. */
            versions: components["schemas"]["Version"][];
        };
        /** @description Why a run or step waits. */
        Waiting: {
            /** @description A stable word, such as `lock`, `target_busy`, `batch`, `parallel`, `queue` or `no_executor`. */
            code: string;
            /**
             * Format: int64
             * @description The run that has what is waited for.
             */
            holder_run_id?: number | null;
            /**
             * Format: date-time
             * @description Since when it is so.
             */
            since?: string | null;
            /** @description How many steps wait for this; 0 if it is about the run. */
            steps: number;
            /** @description The same for people. */
            text: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    restart_program: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description service.no_restart */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_port: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePort"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description ports.not_here */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.led, ports.taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_docs_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Only jobs that may be run. */
                active_only?: boolean;
                /** @description Rows to answer with, 1 to 1000. */
                limit?: number;
                /** @description Part of the name. */
                search?: string;
                /** @description Rows to pass over. */
                skip?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_job: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateJob"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["JobId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeJob"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_run: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: components["schemas"]["JobId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["JobId"];
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: {
                /** @description Only runs of this job. */
                job_id?: number;
                /** @description Rows to answer with, 1 to 1000. */
                limit?: number;
                /** @description Only runs that this user started. */
                requested_by?: number;
                /** @description Rows to pass over. */
                skip?: number;
                /** @description Only runs in this state. */
                status?: components["schemas"]["RunStatus"];
                /** @description Only runs with a step on this target. */
                target_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    watch_run: {
        parameters: {
            query?: {
                /** @description Number of the last event that was seen; the header `Last-Event-ID` outweighs it. */
                after?: number;
                /** @description Where to begin if neither says it; `first` if absent. */
                begin?: "first" | "newest";
            };
            header?: {
                "Last-Event-ID"?: number | null;
            };
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["RunEvent"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    repeat_run: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RepeatRun"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_steps: {
        parameters: {
            query?: {
                /** @description Whether with their output; `full` if absent. */
                output?: "full" | "none";
            };
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Step"][];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_step: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
                step: components["schemas"]["StepId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_output: {
        parameters: {
            query?: {
                /** @description Number of the claim; the last one that has printed anything if absent. */
                epoch?: number;
                /** @description From which line on, from 1; a negative number counts from the end. 1 if absent. */
                from_line?: number;
                /** @description Lines to answer with, 1 to 10,000; 500 if absent. */
                lines?: number;
                /** @description Only lines that contain this text, in whatever case. */
                q?: string;
                /** @description `stdout`, `stderr` or `system`; all if absent. Numbers of lines stay the same. */
                stream?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
                step: components["schemas"]["StepId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutputLines"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_output: {
        parameters: {
            query?: {
                /** @description Number of the claim; the last one that has printed anything if absent. */
                epoch?: number;
                /** @description `stdout`, `stderr` or `system`; all if absent. */
                stream?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
                step: components["schemas"]["StepId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolve_step: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
                step: components["schemas"]["StepId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveStep"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_target: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
                target: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undo_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_activity: {
        parameters: {
            query?: {
                /** @description Hours up to now, 1 to 168. */
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Limits"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
