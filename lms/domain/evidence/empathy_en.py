"""Empathy in English: formulas, feelings, what happened to the customer, and taking the customer's place."""

from lms.domain.evidence.patterns import Pattern, either

NEUTRAL = Pattern(
    r"\b(?:sorry|apologi[sz]e|apologies) (?:to|for|about) (?:have )?(?:(?:keep|kept|keeping|leaving|"
    r"putting) (?:you )?|the |your )(?:waiting|wait|long wait|hold|on hold|delay in answering)\b",
    r"\b(?:hard|difficult|tough|easy|impossible) to (?:say|tell|know|see|predict|read|hear|reach|find|get to|"
    r"understand)\b",
    r"\b(?:don't|do not|no need to|not to|please don't|never) (?:worry|be (?:afraid|worried|upset)|panic|get upset)\b",
    r"\bif you(?:'re| are) (?:worried|unhappy|not satisfied|upset)\b",
    r"\b(?:don't|do not|can't|cannot|didn't|fail to) (?:really )?understand\b",
    r"\bto (?:help|better|fully) (?:you |me |us )?understand\b", r"\bfor your understanding\b", r"\bin a hurry\?",
    r"\bunderstand (?:that )?(?:the|this|our|it|a|an|there) (?:\w+ )?(?:fault|line|fee|policy|plan|charge|contract|"
    r"bill|rule|offer|price|tariff)\b",
    r"\b(?:within|in|up to|at least|every|after|for the next|takes?|less than|no more than) (?:the next |about |"
    r"around |another )?(?:\d+|two|three|four|five|seven|ten|fifteen|twenty|thirty|one|an?|a few)[- ](?:working |"
    r"business |to \w+ )?(?:hours?|days?|minutes?|weeks?|months?|seconds?|bills?)\b",
    r"\b(?:\d+|one|two|three|six|twelve|seven)[- ](?:month|year|day)s? (?:contract|plan|term|trial|period|pack|"
    r"notice)\b",
    r"\bif i were you,? i(?:'d| would) (?:\w+ )?(?:restart|check|choose|take|keep|go|pick|wait|call|use|try|switch|"
    r"ask|read)\b",
)  # fmt: skip
_MUCH = r"(?:\w+ly |so |very |quite |how |can |do |could |just |only |also |well |all |of course |too |certainly )*"
FORMULA = either(
    rf"\b(?:i|we)(?:'m|'ve| am| have)? ?{_MUCH}(?:understand|appreciate|get|see|recogni[sz]e|sympathi[sz]e with|"
    rf"empathi[sz]e with|acknowledge|know|hear|feel|imagine|value|realize|realise|respect|share|"
    rf"relate to)(?:ing)? (?:{_MUCH}|"
    "that |with |completely |all |the |why )*(?:your|how you|you're|you are|you must|this must|this is|that this|it's|"
    "how (?:frustrating|upsetting|annoying|difficult|hard|inconvenient|stressful)|"
    rf"the) ?(?:\w+ ){{0,4}}?(?:frustrat\w+|feelings?|concerns?|situation|feel|upset|annoy\w+|anger|angry|"
    r"disappoint\w+|position|pain|unhappy|inconvenien\w+|emotions?|worr\w+|difficult\w*|hard|stress\w*|anxi\w+|"
    r"dissatisfaction|unhappiness|distress|irritat\w+|impatience|point of view|where you're coming from)",
    r"\bi hear you\b",
    r"\b(?:i|we) (?:\w+ )?(?:know|understand|appreciate|see|realise|realize) how (?:annoying|upsetting|stressful|"
    r"difficult|hard|disappointing|inconvenient|worrying|frustrating) (?:this|that|it)\b",
    r"\b(?:i|we) know how (?:you feel|it feels|that feels|frustrating)\b",
    r"\bi (?:\w+ )?(?:feel your pain|feel for you|sympathi[sz]e|empathi[sz]e)\b",
    r"\bwhere (?:you|this|that|it)(?:'re| are|'s| is) coming from\b",
    r"\bsorry (?:that |if )?you feel (?:that|this) way\b",
    rf"^ ?(?:i|we) {_MUCH}understand(?: you| that| this| completely| entirely| sir| madam)? ?$",
    r"\b(?:i|we)(?: \w+){0,3} understand(?: completely| entirely| fully| perfectly)?,? ?$",
    r"\b(?:sorry|apologi[sz]e|apolog(?:y|ies)|regret)\b[^.]{0,18}\b(?:for|about|"
    r"that)\b(?: \w+){0,3} (?:inconvenien\w+|trouble|bother|frustration|hassle|troubles|problems?|issues?|experience|"
    r"confusion|upset|disruption|difficult\w+|misunderstanding|distress|situation|dissatisfaction)",
    r"\bin your (?:shoes|place|position)\b", r"\bany inconvenience\b",
    r"\bsorry (?:that )?you(?:'re|'ve| are| have)?(?: \w+){0,3} (?:bad|poor|negative|unpleasant) (?:experience|time)\b",
    r"\bwe (?:\w+ly )?(?:value|care about) (?:your feelings|how you feel)\b",
    r"\b(?:sorry|sad|saddened|disappointed) to hear (?:that|this|it|of this|about (?:this|that|it|your|the))",
    r"\b(?:my|our|please accept (?:my|our)|sincere(?:st)?|deepest|heartfelt) (?:\w+ )?apolog(?:y|ies)\b",
    r"\bthat must be (?:\w+ )?(?:frustrating|annoying|upsetting|hard|difficult|stressful)\b",
    r"\b(?:that|this|it)(?:'s| is| sounds| must (?:be|feel|have been))(?: \w+)? (?:frustrating|upsetting|annoying|"
    r"stressful|disappointing|difficult|hard|infuriating|distressing|irritating|understandable)\b",
    r"\byour (?:frustration|feelings|concern|anger|patience) (?:is|are) (?:\w+ )?(?:understandable|valid|important|"
    r"noted|appreciated)\b", r"\bwe (?:value|care about) (?:your feelings|how you feel)\b",
)  # fmt: skip

FEELING = (
    r"(?:upset\w*|angry|anger\w*|annoy\w*|frustrat\w*|furious|infuriat\w*|worr\w*|anxious|scar(?:ed|y)|frighten\w*|"
    r"terrif\w*|stress\w*|exhaust\w*|exasperat\w*|disappoint\w*|mad|livid|fed up|fuming|cross|concerned|let down|"
    r"lost for words|tired|tiring|miserable|awful|terrible|horrible|dreadful|unfair|unacceptable|nightmare|"
    r"distress\w*|embarrass\w*|humiliat\w*|irritat\w*|helpless|nervous|alarm\w*|panic\w*|unsettl\w*|hard|tough|rough|"
    r"a lot to (?:deal|cope|go)|maddening|galling|painful|sick|unhappy|not fair|wrong|not (?:good enough|right|"
    r"acceptable|ok|okay|on)|had enough|lose patience|lost patience|losing patience|the same|impatient|overwhelm\w*|"
    r"shock\w*|rattled|pressure|draining|trying|inconvenient|heartbreak\w*|devastat\w*|desperate|aggravat\w*|costly|"
    r"disheartening|rotten|pulling my hair|at my wit'?s end|your wit'?s end|steaming|seething|tortur\w+|agon\w+|"
    r"hell\w*|mortify\w*|mortified|sting\w*|wearing|worn (?:down|out)|gruelling|harrowing|bewilder\w*|raw deal|"
    r"betrayed|last straw|kick in the teeth|slap in the face|nervous wreck|wits' end|in tears|on edge|sleepless|"
    r"out of order|shook you|hurt\w*|gutted|cheated|ignored|abandoned|stranded|stuck|lonely|isolat\w*)\b"
)  # fmt: skip
FELT = Pattern(FEELING)
FELT_BY_YOU = Pattern(rf"\byou(?:'re| are| feel| felt| must| were)?(?: \w+){{0,3}} {FEELING}", rf"\byour {FEELING}")
PLACE_TAKEN = either(
    rf"\b(?:i'd|i would|i'd have|i would have|we'd|i'd probably|i'd certainly)\b(?: \w+){{0,4}} {FEELING}",
    r"\b(?:in your (?:shoes|place|position|situation|boots)|if (?:i|we) (?:were|was) (?:you|in your)|if (?:that|it|"
    r"this)(?: had|'d)? (?:happened|been|were|was) (?:to )?(?:me|my|mine)|if (?:someone|anyone|they) (?:had |"
    rf"did )?(?:that|this)? ?to me|were i (?:in|you))\b[^!?]{{0,50}}\b(?:{FEELING}|too|as well|the same|exactly|"
    r"no differen\w+|feel|react|want|demand)",
    r"\b(?:anyone|anybody|any(?: \w+)? (?:parent|person|customer|one|mother|father|business|shop)|everybody|"
    rf"everyone|most people|who)\b(?: \w+){{0,5}} (?:would|wouldn't|'d)(?: \w+){{0,4}} {FEELING}", r"\bwho wouldn't\b",
    r"\bi(?:'ve| have) been (?:there|in (?:your|that|the same)|through)\b",
    r"\b(?:as a|i'm a|i am a) (?:parent|mother|father|mum|mom|dad|customer|son|daughter)(?: myself)?\b",
    r"\b(?:would|'d|could)(?: \w+)? (?:upset|annoy|anger|infuriate|frustrate|exhaust|worry|scare|rattle|unsettle|"
    r"shake|test|try|drive|wear|get to|push|drain|madden|irritate|stress|break|hurt|floor|alarm|bother) (?:anyone|"
    r"anybody|everyone|most people|any of us|any \w+|a saint|the best of us|me)\b",
    r"\bi'd (?:\w+ )?(?:hate|dread|lose (?:my|it)|go (?:mad|spare|crazy)|panic|scream|struggle|blow my)\b",
    r"\bso would i\b",
    r"\bi'd (?:feel|react|say|want|think)(?: exactly| just)? (?:the same|that too|that way|so too|it too)\b",
    r"\b(?:put myself|putting myself|place myself|imagin\w+ myself) in your\b", r"\bme too,? (?:if|in)\b",
    r"\bfrom where you (?:sit|stand)\b",
)  # fmt: skip
# Whoever asks so takes the customer's place, whatever stands beside it.
WHO_WOULD_NOT = r"\bwho wouldn't\b"
GRANTED = either(
    r"\b(?:no wonder|small wonder|little wonder|not surpris\w+|can't blame you|don't blame you|do not blame you|"
    r"you(?:'ve| have) every (?:right|reason)|every reason to|you(?:'re| are)(?: \w+)? (?:right|entitled|"
    r"justified) to (?:be|feel)|of course you(?:'re| are))\b",
    r"\b(?:must(?:'ve)?|sounds?|feels?|would|'d|can(?:not)?|it's|it is|that's|that is|this is|was|being|been|be|is|"
    r"are|you're|you|that|it|so|really|how|too|have|felt|leaves?|left|made|makes?|makes? you|leave you|and|quite|"
    r"such a|"
    rf"a)(?: \w+){{0,3}} {FEELING}", r"\b(?:far|way|much) too long\b", rf"^ ?how {FEELING}",
    r"(?:^ ?|\b(?:i|we) )(?:can|could)(?: \w+)? (?:imagine|see|hear|tell|understand|appreciate|picture|feel)\b",
    r"\b(?:i|we)(?: \w+){0,3} (?:understand|appreciate|recogni[sz]e|realise|realize|know|see|sympathi[sz]e|"
    r"get (?:it|that|this|why|how|what|you))\b",
    r"\bunderstandabl[ey]\b",
    r"\b(?:that's|this is|it's|that is) (?:not|no|far too|way too|much too|too|a) (?:\w+ )?(?:long|good enough|way|"
    r"late|many|lot|shame|right|acceptable|on|fair)\b", r"\blast thing (?:you|anyone|a) (?:need|want)",
    rf"\b{FEELING} (?:is|are) (?:understandable|justified|natural|fair)\b", rf"\byour {FEELING}",
)  # fmt: skip
# The line reads the facts back.
RESTATED = Pattern(
    r"\b(?:have i got (?:that|it|this) right|is (?:that|this|it) (?:right|correct)|am i right|did i (?:get|understand|"
    r"hear)|correct|right|isn't it|yes|yeah) ?$"
)
REQUEST = Pattern(
    r"\b(?:please|could you|can you|would you|may i|can i|shall we|shall i|bear with me|let me|i need|i'll need)\b"
)
# Greetings, thanks, requests and the agent's own doings tell nothing of what happened to the customer.
NO_STORY = Pattern(
    r"^ ?(?:i|i'm|i'll|i've|i'd|we|we'll|please|hello|hi|good (?:morning|afternoon|evening)|thank|thanks|sorry|ok|"
    r"okay|yes|no|right|let|can|could|may|madam|sir|well|sure|of course|bear|one moment|just)\b",
    r"\b(?:apologi[sz]e|sorry|please)\b",
)
SORRY = Pattern(
    r"\b(?:sorry|apologi[sz]e|apolog(?:y|ies)|regret|ashamed|embarrassed|forgive|my fault|our fault|our mistake|"
    r"let you down|we failed you|that's on us|shouldn't have happened|should not have happened|should never have)\b"
)  # fmt: skip
DONE_TO_YOU = Pattern(r"\b(?:you|your|you've|you're|you'd|we|our|we've)\b")

_MANY = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|several|many|half|"
    r"a whole|a full|a few|so many|all|an entire|the whole|the entire|entire|whole|a couple of|multiple|countless|"
    r"nearly|almost|over|an|a|one|another|hours|days|weeks|third|fourth|fifth|second|sixth|twice)"
)  # fmt: skip
HAPPENED = Pattern(
    rf"\b{_MANY}(?:[- ](?:\w+[- ])?)(?:days?|hours?|weeks?|months?|times?|calls?|nights?|mornings?|afternoons?|"
    r"evenings?|weekends?|people|agents?|departments?|visits?|appointments?|trips?|transfers?|attempts?|emails?|"
    r"times round|minutes?|yuan|bills?)\b",
    r"\b(?:hours|days|weeks|months|all day|all night|all morning|all week|so long|this long|that long|too long|ages|"
    r"twice|again and again|over and over|repeatedly|time and again|back and forth|since (?:monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|yesterday|this morning|last|the))\b",
    r"\b(?:wait(?:ed|ing)?|without (?:internet|service|a (?:reply|phone|signal|connection|working|line|refund|word|"
    r"word|call|answer)|any|broadband|data|wifi|wi-fi|your|an answer|asking|warning|notice|telling|permission|"
    r"consent)|no (?:internet|signal|service|connection|reply|answer|call ?back|refund|one (?:called|came|answered|"
    r"turned|showed|replied|told|got back|rang)|phone|broadband|warning|explanation|news)|nobody (?:called|came|"
    r"answered|turned|showed|replied|told|got back|rang|picked|listened|helped|explained|warned))\b",
    r"\b(?:cut off|disconnected|suspended|hung up|hang up|transferred|passed (?:around|from|back|on)|bounced|pushed|"
    r"sent (?:round|around|from|back)|missed (?:the |your |a |an |two |three |several )?(?:appointment|flight|train|"
    r"call|interview|deadline|meeting|class|exam|visit|delivery|birthday|important)|no[- ]show|(?:didn't|did not|"
    r"never|failed to|not) (?:show up|turn up|show|come|arrive|called|call|call back|call you|reply|get back|told|"
    r"warn|notif\w+|appear|worked|work|been told|answered|get|got|heard|received)|stood you up|let down by|ignored|"
    r"misled|mis-sold|lied to|told (?:one thing|different|something different|\w+ different))\b",
    r"\b(?:charged (?:\w+ )?(?:twice|for|double|again|without|you|wrongly|by mistake|extra|months)|double[- ]charged|"
    r"overcharged|billed|taken (?:from|out)|took (?:money|your|\w+ yuan)|lost|losing|lose|leak\w*|stolen|scam\w*|spam|"
    r"hacked|exposed|harass\w*|nuisance calls|surprise (?:bill|charge|fee)|unexpected (?:bill|charge|fee)|"
    r"bill (?:jump|doubl|tripl|like|that|shot|went)\w*|money (?:gone|missing|disappear\w*|back)|out of pocket|"
    r"unknown charge|charges? you (?:didn't|never|don't)|fee you (?:didn't|never)|never (?:ordered|agreed|asked|"
    r"signed|used))\b",
    r"\b(?:repeat(?:ing)? (?:yourself|your|the|everything|it)|explain(?:ing|ed)? (?:it|this|that|everything|yourself|"
    r"the (?:same|whole))|start(?:ing)? (?:all )?over|tell(?:ing)? (?:the same|your) story|go through (?:it|this|that|"
    r"all)|chas(?:e|ed|ing)|call(?:ed|ing)? (?:us )?(?:again|back|in|three|several|four|so|every|repeatedly|twice)|"
    r"drov?e|travel+ed|stay(?:ed|ing)? (?:home|in|up)|took (?:a|the|time) (?:\w+ )?off|taking (?:a|the|time)|day off|"
    r"time off|queue\w*|on hold|stuck|stranded)\b",
    r"\b(?:your|a|sick|the|elderly|my) (?:\w+ )?(?:child|children|kids?|son|daughter|mother|mum|mom|father|dad|baby|"
    r"grandmother|grandma|grandfather|parents?|wife|husband|family|business|shop|store|till|customers|exam|interview|"
    r"work|job|meeting|deadline|holiday|trip|wedding|funeral|class|lessons?|homework|doctor|hospital|teacher|school|"
    r"orders|sales|photos|savings|privacy|clients?|presentation|hotel|restaurant|cafe|pharmacy|livelihood|pension)\b",
    r"\b(?:fever|ill|hospital|emergency|surgery|unwell|working from home|in the middle of (?:the|a|your)|midnight|"
    r"abroad|roaming|alone|in the dark|bedridden|pregnant|newborn)\b",
    r"\bstill (?:on|being|there|charged|coming|no|getting|not)\b",
    r"\byou(?:'ve)? (?:already |only )?(?:cancelled|returned|ordered)\b",
    r"\b(?:moving (?:house|home)|night shift|new(?:born)?|christmas|birthday|wages|missed slots?|exam week|"
    r"lunch break|job interview|living alone|in the rain|told (?:\w+ )?(?:\d+|one|two|three) \w+)\b",
    r"\b(?:broadband|internet|phone|line|signal|connection|wifi|network|router) (?:\w+ )?(?:dying|dies|died|dropping|"
    r"packing up|packed up|cutting out)\b",
    r"\b(?:not (?:to know|knowing)|not being told|who (?:has|have) seen)\b",
    r"\b(?:outage|breakdown|(?:internet|line|network|connection|service|phone|signal|broadband|wifi|sim|router|number|"
    r"account|line)(?: \w+){0,2} (?:down|off|cut|dead|dropp\w+|fail\w*|not working|stopp\w+|suspended|blocked|barred|"
    r"gone|broken|out)|dropp(?:ed|ing) (?:\w+ )?(?:calls?|out|every|in)|keeps? (?:\w+ )?(?:dropping|cutting|failing|"
    r"happening|going|disconnecting|crashing|charging|calling|freezing)|(?:couldn't|could not|can't|cannot|unable to|"
    r"not able to|not being able to) (?:even )?(?:reach|call|work|get|use|pay|access|make|receive|contact|log|take|"
    r"trade|open|send|connect|be reached|talk|join|study|run|watch|see|speak|serve))\b",
)  # fmt: skip
