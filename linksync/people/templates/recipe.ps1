# Een Link nakijken op Windows, met alleen OpenSSH. / Check a Link on Windows with OpenSSH alone.
#
#   powershell -ExecutionPolicy Bypass -File nakijken.ps1 E:\ SHA256:...
#
# The fingerprint stands on the label of the sculpture, not on the stick. Nothing is written to the stick.
# Ends with 0: all is well; 20: all is well, and there are files that no hand-off has sealed yet; 1: something is wrong.
param([string]$Stick = '.', [string]$Label = '')

$root = (Resolve-Path -LiteralPath $Stick -ErrorAction Stop).ProviderPath.TrimEnd('\') + '\'
Set-Location -LiteralPath $root
$utf8 = New-Object Text.UTF8Encoding($false, $true)
$known = New-Object 'Collections.Generic.HashSet[string]' ([StringComparer]::Ordinal)
$script:wrong = 0
$own = @('START-HIER.html', 'START-HIER.txt', 'bagit.txt', 'bag-info.txt', 'tagmanifest-sha256.txt',
    'manifest-sha256.txt', 'linksync/outside-sha256.txt')
$own | ForEach-Object { [void]$known.Add($_) }

function Bad($what) { $script:wrong = 1; Write-Output "WRONG / FOUT: $what" }
function Full($name) { $root + $name.Replace('/', '\') }
function There($name) { [IO.File]::Exists((Full $name)) }
function Lines($name) { $utf8.GetString([IO.File]::ReadAllBytes((Full $name))).Split("`n") | Where-Object { $_ -cne '' } }
function Lists($list, $name) { @(Lines $list | Where-Object { $_.Length -gt 66 -and $_.Substring(66) -ceq $name }).Count -gt 0 }
function Complete($folder) {
    (There "$folder/seal.sha256.sig") -and @(Lines "$folder/seal.sha256.sig") -ccontains '-----END SSH SIGNATURE-----'
}
function Field($name, $key) {
    Lines $name | ForEach-Object { if ($_ -cmatch "^${key}: *[`"']?([a-z0-9-]+)[`"']? *`$") { $Matches[1] } }
}

# A list: well-formed lines, no path that leaves the stick, every hash right. Its names are noted.
function Check($list) {
    if (-not (There $list)) { Bad "$list is missing"; return }
    foreach ($line in @(Lines $list)) {
        if ($line -cnotmatch '^([0-9a-f]{64})  ([^/\\:][^\\:]*)$') { Bad "$list names what a list may not name: $line"; continue }
        $hash = $Matches[1]; $name = $Matches[2]
        if ($name.Split('/') -ccontains '..') { Bad "$list names what a list may not name: $name"; continue }
        [void]$known.Add($name)
        if (-not (There $name)) { Bad "$list names $name, which is not here"; continue }
        $found = (Get-FileHash -Algorithm SHA256 -LiteralPath (Full $name)).Hash
        if ("$found".ToLowerInvariant() -cne $hash) { Bad "$name was altered ($list)" }
    }
}

# A signature: gives the fingerprint of the key. PowerShell's own pipes change bytes, so cmd reads the file.
function Signed($folder, $signers, $who, $space) {
    $f = $folder.Replace('/', '\'); $s = $signers.Replace('/', '\')
    $told = cmd /c "ssh-keygen -Y verify -f $s -I $who -n $space -s $f\seal.sha256.sig < $f\seal.sha256 2>&1"
    if ($LASTEXITCODE -ne 0) { return }
    $told | ForEach-Object { if ($_ -cmatch '^Good .* key (SHA256:[A-Za-z0-9+/]+)') { $Matches[1] } }
}
function VersionOf($folder) {
    [string](Lines "$folder/seal.sha256" |
        ForEach-Object { if ($_ -cmatch '^[0-9a-f]{64}  (linksync/relay/[0-9]{4})/seal\.sha256$') { $Matches[1] } })
}
function BeforeOf($folder) {
    [string](Lines "$folder/seal.sha256" |
        ForEach-Object { if ($_ -cmatch '^[0-9a-f]{64}  (linksync/handoffs/[0-9]{6}-[a-z0-9-]+)/seal\.sha256$') { $Matches[1] } })
}
function Folders($name, $pattern) {
    Get-ChildItem -LiteralPath (Full $name) -Directory | Where-Object { $_.Name -cmatch $pattern } | Sort-Object Name |
        ForEach-Object { "$name/" + $_.Name }
}

if (-not [IO.Directory]::Exists((Full 'linksync/handoffs'))) { Bad 'this is not a Link'; exit 1 }
Get-ChildItem -LiteralPath (Full 'linksync') -Recurse -Force |
    Where-Object { $_.Attributes -band [IO.FileAttributes]::ReparsePoint } | ForEach-Object { Bad "$($_.FullName) is a link" }

# 1. The relay's versions. Version 1 is judged by its own allowed_signers, each next one by the version before.
$relays = @(); $before = ''
foreach ($folder in @(Folders 'linksync/relay' '^[0-9]{4}$')) {
    if (-not (Complete $folder)) { Write-Output "note: $folder was cut off and does not count"; continue }
    if ($folder -cne ('linksync/relay/{0:d4}' -f ($relays.Count + 1))) { Bad "$folder does not follow"; break }
    $from = $folder; if ($before) { $from = $before }
    $key = ''
    foreach ($line in @(Lines "$from/allowed_signers")) {
        if (-not $key -and $line -cmatch '^([a-z0-9-]+) namespaces="[^"]*linksync-relay-v1[^"]*" ') {
            $key = [string](Signed $folder "$from/allowed_signers" $Matches[1] 'linksync-relay-v1')
        }
    }
    if (-not $key) { Bad "signature of $folder"; break }
    if (-not (Lists "$folder/seal.sha256" "$folder/allowed_signers")) { Bad "$folder/allowed_signers is not sealed"; break }
    if ($before -and -not (Lists "$folder/seal.sha256" "$before/seal.sha256")) { Bad "$folder follows another version"; break }
    Check "$folder/seal.sha256"
    if ($script:wrong) { break }
    [void]$known.Add("$folder/seal.sha256"); [void]$known.Add("$folder/seal.sha256.sig")
    if (-not $before) {
        Write-Output "organiser / organisator: $key"
        if (-not $Label) { Write-Output '    Compare this with the label. / Vergelijk dit met het label.' }
        elseif ($Label -cne $key) { Bad "the label says $Label" }
    }
    $before = $folder; $relays += $folder
}
if (-not $before) { Bad 'no version of the relay stands'; exit 1 }

# 2. The hand-offs, oldest first. Each seal names the seal before it and the relay version that judges it.
# The chain leads from the newest hand-off back. What an older relay version let stand beside it does not count: a key
# may have been revoked since.
$handoffs = @(Folders 'linksync/handoffs' '^[0-9]{6}-[a-z0-9-]+$')
$head = ''; $headNumber = ''; $headVersion = ''
foreach ($folder in $handoffs) {
    if (-not (Complete $folder) -or -not (There "$folder/seal.sha256")) { continue }
    $number = $folder.Substring('linksync/handoffs/'.Length, 6)
    $version = VersionOf $folder
    if ($number -cne $headNumber -or [string]::CompareOrdinal($version, $headVersion) -gt 0) {
        $head = $folder; $headNumber = $number; $headVersion = $version
    }
}
$chain = New-Object 'Collections.Generic.HashSet[string]' ([StringComparer]::Ordinal)
while ($head -and (There "$head/seal.sha256") -and $chain.Add($head)) { $head = BeforeOf $head }

$last = ''; $link = ''; $count = 0; $lowest = ''
foreach ($folder in $handoffs) {
    if (-not (Complete $folder)) { Write-Output "note: $folder was cut off and does not count"; continue }
    $version = VersionOf $folder
    if ($relays -cnotcontains $version) { Bad "$folder names a relay version that does not stand"; continue }
    $holder = [string](Field "$folder/handoff.yaml" 'holder')
    if ($holder -cnotmatch '^[a-z0-9-]+$') { Bad "$folder does not say who signs"; continue }
    if (-not (Signed $folder "$version/allowed_signers" $holder 'linksync-handoff-v1')) { Bad "signature of $folder by $holder"; continue }
    Check "$folder/seal.sha256"
    [void]$known.Add("$folder/seal.sha256"); [void]$known.Add("$folder/seal.sha256.sig")
    if (-not (Lists "$folder/seal.sha256" "$folder/handoff.yaml")) { Bad "$folder/handoff.yaml is not sealed" }
    if (-not $chain.Contains($folder) -and [string]::CompareOrdinal($version, $headVersion) -lt 0) {
        Write-Output "note: $folder stands beside the chain"; continue
    }
    if ($last -and -not (Lists "$folder/seal.sha256" "$last/seal.sha256")) { Bad "$folder does not follow $last" }
    $count += 1
    $name = $folder.Substring('linksync/handoffs/'.Length)
    if ($name -cnotmatch ('^{0:d6}-{1}(-[1-9][0-9]?)?$' -f $count, $holder)) { Bad "hand-off $count by $holder expected, $name found" }
    if (-not $last -and -not (@(Lines "$version/allowed_signers") -cmatch "^$holder namespaces=`"[^`"]*linksync-relay-v1")) {
        Bad 'the first hand-off is not the organiser''s'
    }
    if ([string]::CompareOrdinal($version, $lowest) -lt 0) { Bad "$folder goes back to $version" }
    $lowest = $version
    $here = [string](Field "$folder/handoff.yaml" 'link')
    if (-not $link) { $link = $here }
    if ($here -cne $link) { Bad "$folder is of another Link" }
    Write-Output "${name}: signed by / getekend door $holder"
    $last = $folder
}
if (-not $last) { Bad 'no hand-off stands'; exit 1 }

# 3. The files. The last hand-off seals state.sha256, which seals the two manifests, which name every file.
$state = "$last/state.sha256"
if (There $state) {
    if (-not (Lists "$last/seal.sha256" $state)) { Bad "$state is not sealed" }
    Check $state
}
foreach ($list in 'manifest-sha256.txt', 'linksync/outside-sha256.txt') {
    if (-not (There $list)) { continue }
    if (-not (There $state) -or -not (Lists $state $list)) { Bad "$list is not sealed" }
    Check $list
}

# 4. What stands on the stick and is named nowhere.
$system = '^(\$RECYCLE\.BIN|System Volume Information|FOUND\.[0-9]{3}|\.Trashes|\.fseventsd|\.Spotlight-V100|\.TemporaryItems|\.DocumentRevisions-V100|\.Trash-[0-9]+|lost\+found|linksync/receipts|linksync/decisions)/'
$new = @(Get-ChildItem -LiteralPath $root -Recurse -Force -File -ErrorAction SilentlyContinue |
    ForEach-Object { $_.FullName.Substring($root.Length).Replace('\', '/') } |
    Where-Object { $_ -notmatch $system -and -not $known.Contains($_) } | Sort-Object)
if ($new.Count) {
    Write-Output 'note: not sealed by any hand-off yet / nog door geen overdracht verzegeld:'
    $new | ForEach-Object { Write-Output "    $_" }
}
if ($script:wrong) {
    Write-Output 'SOMETHING IS WRONG. Do not rely on this stick; show this to the organiser.'
    Write-Output 'ER KLOPT IETS NIET. Vertrouw niet op deze stick; laat dit zien aan de organisatie.'
    exit 1
}
Write-Output "ALL IS WELL: $count hand-offs, the last is $last."
Write-Output "ALLES KLOPT: $count overdrachten, de laatste is $last."
if ($new.Count) { exit 20 }
