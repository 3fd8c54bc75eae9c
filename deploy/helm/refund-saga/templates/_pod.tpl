{{/*
Ready: the worker has pollers at the Temporal server, or it only surveys and has done so within ten minutes. It stays ready
while the server is away, because pollers are counted by the worker itself.
*/}}
{{- define "refund-saga.isReady" -}}
fetch('http://127.0.0.1:' + process.env.METRICS_ADDRESS.split(':').at(-1) + '/metrics').then((answer) => answer.text()).then((text) => { const polls = /^temporal_num_pollers\{[^}]*\} [1-9]/m.test(text); const survey = /^refund_survey_last_success_timestamp_seconds(?:\{[^}]*\})? (\S+)/m.exec(text); const surveys = process.env.WORKER_ROLES === 'survey' && survey !== null && Date.now() / 1000 - Number(survey[1]) < 600; process.exit(polls || surveys ? 0 : 1); }, () => process.exit(1))
{{- end -}}

{{/* What one worker mounts: each secret as a file of its own name. */}}
{{- define "refund-saga.volumes" -}}
{{- $secrets := (include "refund-saga.secrets" . | fromYaml).secrets -}}
{{- if $secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $name := keys $secrets | sortAlpha }}
      {{- $from := get $secrets $name }}
      - secret:
          name: {{ $from.secret }}
          items:
            - key: {{ $from.key }}
              path: {{ $name }}
      {{- end }}
{{- end }}
{{- with .root.Values.temporal }}
{{- if and .clientCertificate (eq (include "refund-saga.kind" $) "Deployment") }}
- name: temporal-certificate
  secret:
    secretName: {{ .clientCertificate }}
    defaultMode: 0440
{{- end }}
{{- with .serverAuthority }}
- name: temporal-authority
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{/* The pods of one worker. */}}
{{- define "refund-saga.podTemplate" -}}
{{- include "refund-saga.checkRoles" . -}}
{{- $values := .root.Values -}}
{{- $runsRefunds := include "refund-saga.has" (dict "worker" .worker "role" "refunds") -}}
{{- $volumes := include "refund-saga.volumes" . | fromYamlArray -}}
metadata:
  labels:
    {{- include "refund-saga.labels" . | nindent 4 }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "refund-saga.fullname" .root }}
  automountServiceAccountToken: false
  # A Service that is called sipay would set SIPAY_… in every pod.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "refund-saga.grace" . }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    seccompProfile: { type: RuntimeDefault }
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- range $key := list "priorityClassName" "nodeSelector" "tolerations" "affinity" }}
  {{- with get $values $key }}
  {{ $key }}: {{- if kindIs "string" . }} {{ . }}{{- else }}{{ toYaml . | nindent 4 }}{{- end }}
  {{- end }}
  {{- end }}
  topologySpreadConstraints:
    {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "refund-saga.selector" $ | nindent 10 }}
      matchLabelKeys: [pod-template-hash]
    {{- end }}
  containers:
    - name: worker
      image: {{ include "refund-saga.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        capabilities: { drop: [ALL] }
        readOnlyRootFilesystem: true
      env:
        {{- include "refund-saga.environment" . | nindent 8 }}
      ports:
        - name: metrics
          containerPort: {{ $values.metrics.port }}
      # The two probes that can end a container ask the process alone, never whether Temporal or a provider answers. It answers
      # once it is connected; one that cannot connect ends by itself after a minute, long before the startup probe gives up.
      startupProbe:
        httpGet: { path: /metrics, port: metrics }
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 90
      livenessProbe:
        httpGet: { path: /metrics, port: metrics }
        periodSeconds: 20
        timeoutSeconds: 10
        failureThreshold: 6
      readinessProbe:
        exec:
          command: [node, -e, {{ include "refund-saga.isReady" . | quote }}]
        periodSeconds: 15
        timeoutSeconds: 10
        failureThreshold: 3
      resources:
        {{- .worker.resources | default (ternary $values.resources.refunds $values.resources.others (not (empty $runsRefunds))) | toYaml | nindent 8 }}
      {{- if $volumes }}
      volumeMounts:
        {{- range $volumes }}
        - name: {{ .name }}
          mountPath: /run/secrets/{{ eq .name "secrets" | ternary "refund-saga" .name }}
          readOnly: true
        {{- end }}
      {{- end }}
  {{- with $volumes }}
  volumes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
