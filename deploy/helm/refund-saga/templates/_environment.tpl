{{/*
The secrets of one worker as { secrets: { NAME: { secret, key } } }: only what its roles need. Connection secrets are the
controller's where there is one.
*/}}
{{- define "refund-saga.secrets" -}}
{{- $values := .root.Values -}}
{{- $secrets := dict -}}
{{- range $provider, $settings := $values.providers -}}
{{- if include "refund-saga.has" (dict "worker" $.worker "role" $provider) -}}
{{- $secrets = merge $secrets ($settings.secrets | default dict) -}}
{{- end -}}
{{- end -}}
{{- if $values.payloadKeys -}}{{- $_ := set $secrets "PAYLOAD_KEYS" $values.payloadKeys -}}{{- end -}}
{{- if include "refund-saga.has" (dict "worker" .worker "role" "refunds") -}}
{{- if $values.approverKeys -}}{{- $_ := set $secrets "APPROVER_KEYS" $values.approverKeys -}}{{- end -}}
{{- if $values.notify.url -}}{{- $_ := set $secrets "NOTIFY_SECRETS" $values.notify.secrets -}}{{- end -}}
{{- end -}}
{{- if and $values.temporal.apiKey (eq (include "refund-saga.kind" .) "Deployment") -}}
{{- $_ := set $secrets "TEMPORAL_API_KEY" $values.temporal.apiKey -}}
{{- end -}}
{{- toYaml (dict "secrets" $secrets) -}}
{{- end -}}

{{/* How one worker reaches Temporal. The controller sets the rest of it where there is one. */}}
{{- define "refund-saga.connection" -}}
{{- $variables := dict -}}
{{- $kind := include "refund-saga.kind" . -}}
{{- with .root.Values.temporal -}}
{{- if .serverAuthority -}}{{- $_ := set $variables "TEMPORAL_TLS_SERVER_CA_CERT_PATH" "/run/secrets/temporal-authority/ca.crt" -}}{{- end -}}
{{- if eq $kind "Deployment" -}}
{{- $variables = merge $variables (dict "TEMPORAL_ADDRESS" (required "temporal.address is empty: say where the Temporal server is, as host:port" .address) "TEMPORAL_NAMESPACE" .namespace) -}}
{{- if .tls -}}{{- $_ := set $variables "TEMPORAL_TLS" "true" -}}{{- end -}}
{{- if .serverName -}}{{- $_ := set $variables "TEMPORAL_TLS_SERVER_NAME" .serverName -}}{{- end -}}
{{- if .clientCertificate -}}
{{- $_ := set $variables "TEMPORAL_TLS_CLIENT_CERT_PATH" "/run/secrets/temporal-certificate/tls.crt" -}}
{{- $_ := set $variables "TEMPORAL_TLS_CLIENT_KEY_PATH" "/run/secrets/temporal-certificate/tls.key" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* Which release one worker is, where this chart says so. */}}
{{- define "refund-saga.release" -}}
{{- $variables := dict -}}
{{- $kind := include "refund-saga.kind" . -}}
{{- with .root.Values.release -}}
{{- if and (eq $kind "Deployment") (ne (empty .deploymentName) (empty .buildId)) -}}
{{- fail "release.deploymentName and release.buildId: set both or neither" -}}
{{- end -}}
{{- if and (eq $kind "Deployment") .deploymentName -}}
{{- $variables = dict "TEMPORAL_DEPLOYMENT_NAME" .deploymentName "TEMPORAL_WORKER_BUILD_ID" .buildId -}}
{{- end -}}
{{- if .versioning -}}{{- $_ := set $variables "REFUND_VERSIONING" .versioning -}}{{- end -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* Variables of providers: all of those whose role one worker has; of the others what a plan follows from, where it plans. */}}
{{- define "refund-saga.providers" -}}
{{- $variables := dict -}}
{{- $plans := include "refund-saga.has" (dict "worker" .worker "role" "refunds") -}}
{{- range $provider, $settings := .root.Values.providers -}}
{{- $calls := include "refund-saga.has" (dict "worker" $.worker "role" $provider) -}}
{{- range $variable, $value := $settings.environment -}}
{{- if or $calls (and $plans (regexMatch "_(REDEEM_UNIT|IDENTITY_URL|ABSENCE_AFTER)$" $variable)) -}}
{{- $_ := set $variables $variable $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* The environment of one worker, by name. */}}
{{- define "refund-saga.environment" -}}
{{- $values := .root.Values -}}
{{- $fleet := concat (keys $values.providers) $values.otherProviders | uniq | sortAlpha -}}
{{- $variables := dict
  "METRICS_ADDRESS" (printf "0.0.0.0:%d" ($values.metrics.port | int))
  "REFUND_TASK_QUEUE" $values.taskQueue
  "CALL_TIMEOUT" $values.callTimeout
  "WORKER_ROLES" (join "," .worker.roles)
  "PROVIDERS" (join "," $fleet) -}}
{{- $refunds := include "refund-saga.has" (dict "worker" .worker "role" "refunds") -}}
{{- $surveys := include "refund-saga.has" (dict "worker" .worker "role" "survey") -}}
{{- if and $values.notify.url (or $refunds $surveys) -}}
{{- $_ := set $variables "NOTIFY_URL" $values.notify.url -}}
{{- if and $surveys $values.notify.remindAfter -}}{{- $_ := set $variables "REMIND_AFTER" $values.notify.remindAfter -}}{{- end -}}
{{- end -}}
{{- range $secret, $_ := (include "refund-saga.secrets" . | fromYaml).secrets -}}
{{- $_ := set $variables (printf "%s_FILE" $secret) (printf "/run/secrets/refund-saga/%s" $secret) -}}
{{- end -}}
{{- $variables = merge $variables
  (include "refund-saga.providers" . | fromYaml)
  (include "refund-saga.connection" . | fromYaml)
  (include "refund-saga.release" . | fromYaml)
  (.worker.environment | default dict)
  $values.environment -}}
{{- range $index, $variable := keys $variables | sortAlpha -}}
{{- if $index }}
{{ end -}}
- name: {{ $variable }}
  value: {{ get $variables $variable | toString | quote }}
{{- end -}}
{{- end -}}
