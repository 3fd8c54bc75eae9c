{{/* The workers by name. */}}
{{- define "refund-saga.workers" -}}
{{- .Values.workers | default (dict "all" (dict "roles" (list "all") "replicas" 2)) | toYaml -}}
{{- end -}}

{{/* "yes" where one worker has a role. Takes { worker, role }. */}}
{{- define "refund-saga.has" -}}
{{- if or (has "all" .worker.roles) (has .role .worker.roles) -}}yes{{- end -}}
{{- end -}}

{{/*
What runs one worker. One that only surveys polls nothing, and so can be no version of a Worker Deployment: the controller would
wait for its pollers for ever.
*/}}
{{- define "refund-saga.kind" -}}
{{- if eq (join "," .worker.roles) "survey" -}}Deployment{{- else -}}{{ .root.Values.kind }}{{- end -}}
{{- end -}}

{{/* Stops where the roles of one worker and the configured providers do not go together. */}}
{{- define "refund-saga.checkRoles" -}}
{{- if and (has "all" .worker.roles) (gt (len .worker.roles) 1) -}}
{{- fail (printf "workers.%s.roles: all stands alone" .name) -}}
{{- end -}}
{{- range .worker.roles -}}
{{- if and (not (has . (list "all" "refunds" "survey"))) (not (hasKey $.root.Values.providers .)) -}}
{{- fail (printf "workers.%s.roles names %s, but providers.%s is not configured" $.name . .) -}}
{{- end -}}
{{- end -}}
{{- if and (has "all" .worker.roles) (not .root.Values.providers) -}}
{{- fail "providers is empty: a worker with the role all needs at least one" -}}
{{- end -}}
{{- end -}}

{{/* A duration of docs/configuration.md in milliseconds. */}}
{{- define "refund-saga.milliseconds" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- mul $number (get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000) $unit) -}}
{{- end -}}

{{/* How many requests the longest movement of one worker makes in sequence. */}}
{{- define "refund-saga.requests" -}}
{{- $requests := 1 -}}
{{- range $provider, $settings := .root.Values.providers -}}
{{- if include "refund-saga.has" (dict "worker" $.worker "role" $provider) -}}
{{- $environment := $settings.environment | default dict -}}
{{- if hasKey $environment "SIPAY_IDENTITY_URL" -}}
{{- $requests = max $requests 4 -}}
{{- else if eq (get $environment "DSQUARES_REDEEM_UNIT") "money" -}}
{{- $requests = max $requests 2 -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $requests -}}
{{- end -}}

{{/*
How long one worker may take to end, in seconds: its longest movement, the 3 s that a worker adds to it, and 15 s to end the
process. Killed earlier, it leaves a leg that must be looked up, or settled by a person.
*/}}
{{- define "refund-saga.grace" -}}
{{- $callMilliseconds := include "refund-saga.milliseconds" .root.Values.callTimeout | int64 -}}
{{- $movement := add 3 (div (add 999 (mul $callMilliseconds (include "refund-saga.requests" . | int64))) 1000) -}}
{{- $given := .worker.terminationGracePeriodSeconds -}}
{{- if and $given (le ($given | int64) $movement) -}}
{{- fail (printf "workers.%s.terminationGracePeriodSeconds is %d, but a call may take %d s with callTimeout %s: give it more, or leave it out" .name ($given | int64) $movement .root.Values.callTimeout) -}}
{{- end -}}
{{- $given | default (add $movement 15) -}}
{{- end -}}
