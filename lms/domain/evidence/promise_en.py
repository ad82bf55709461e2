"""Absolute promises in English: the lexicon, and what stands round a word when it promises nothing."""

from lms.domain.evidence.patterns import Pattern, either

_GUARANTEE = "(?:g(?:ua|au|a|u|uo|u@)r(?:a|e|i|@)n?t(?:ee|e|y|ie))"
_AUX = (
    "(?:can|could|will|do|would|shall|'ll|'d|personally|hereby|fully|absolutely|solemnly|certainly|definitely|really|"
    "just|honestly)"
)  # fmt: skip

NEUTRAL = Pattern(
    r"\b(?:under|in|out of|within|beyond|outside|manufacturer'?s?|maker's|device|product|money[- ]back|bank|loan|rent|"
    r"deposit|extended|limited|lifetime|repair|(?:\w+|\d+)[- ](?:year|month|day|week)|years?|months?|full|service|"
    r"parts|price|handset|router|standard|the|"
    rf"its|your|this|that|our|their)(?: of)? {_GUARANTEE}s?\b(?: (?:that|you|for))?",
    rf"\b{_GUARANTEE}s? (?:period|card|certificate|deposit|terms?|claims?|covers?|covered|coverage|expires?|"
    r"expired|runs?|ran|ends?|ended|fee|polic(?:y|ies)|is (?:valid|still)|lasts?|department|slip|number|form|"
    r"documents?|conditions?|scheme|letter|booklet|repair|service|until|till|starts?|began)\b",
    rf"\b{_GUARANTEE}d-[a-z]+",
    rf"\b{_GUARANTEE}d (?:minimum|min|speeds?|bandwidth|rates?|numbers?|by the (?:maker|manufacturer)|for (?:\w+|"
    r"\d+) (?:years?|months?))\b",
    r"\b(?:as|like) (?:i |we )?promised\b|\bpromising\b|\bcompany promise\b|\bservice promise\b|\bpromised (?:date|"
    r"time|deadline|slot|visit|callback)\b",
)  # fmt: skip
NOT_DENYING = Pattern(
    r"\b(?:don't worry|do not worry|no problem|no worries|not to worry|don't hesitate|no need to worry|"
    r"nothing to worry about|no doubt|not only|why not|not just|no longer|don't panic|no trouble|no sweat|"
    r"no matter what|no later than|not later than|no more than|hard to believe)\b",
)  # fmt: skip
PERFORMED = either(
    r"\b(?:i|we|you have my|here's my|that's a|it's a|make you a|give you (?:a|my|our)(?: \w+)?|offer you (?:a|my)|"
    r"with (?:my|our)(?: \w+)?|(?:my|our)(?: (?:personal|absolute|solemn|"
    f"firm))?) ?(?:{_AUX} )*(?:{_GUARANTEE}s?|promise|vow|swear|" r"pledge)\b",
    rf"\b{_AUX} (?:{_GUARANTEE}|promise|swear)\b",
    rf"\b{_GUARANTEE}s? (?:you|that|it|this|a|the|your|full|100|there|we|i|no)\b", rf"\b{_GUARANTEE}d\b",
    rf"\bi?{_GUARANTEE}(?:you|it|that)\b", rf"^ ?{_GUARANTEE}s?\b", r"^ ?promise\b", r"\bpinky (?:promise|swear)\b",
    r"\bhere's a promise\b",
    r"\b(?:you(?:'ve| have)(?: got)?|i(?:'ll)? give you|take|on|that's) (?:my|our) (?:solemn )?word\b",
    r"\b(?:you've got|have) (?:my|our) word\b", r"\bmark my words\b", r"\bcross my heart\b",
    r"\bhand on (?:my )?heart\b",
    r"\bconsider (?:it|that|this|(?:the|your) [\w ]{1,20}?) (?:already |as good as )?(?:done|yours|fixed|sorted|"
    r"refunded|solved|resolved|cancelled|waived|gone|approved|back)\b",
    r"\b(?:approval|refund|claim|credit|compensation|sign-off)(?:'s| is) (?:just|only|merely|purely) a formality\b",
    r"\b(?:my|our) (?:personal |solemn |full |absolute |firm |word and )?(?:assurance|pledge)(?: that\b| on\b| ?$)",
    r"\b(?:will|'ll|going to) get (?:you )?(?:back )?every (?:last |single )?(?:penny|cent|yuan)\b",
    r"\b(?:it's |that's )?a (?:done deal|sure thing|dead cert|sure bet)\b",
    r"\b(?:i'd|i would|i'll|i will|i can|you can|can) (?:bet|stake|wager)\b",
    r"\byou can (?:bank|count|bet|rely) on (?:it|that|getting|having|your|the|me|us)\b", r"\bbank on it\b",
    r"\btake (?:it|that) to the bank\b", r"\bwithout fail\b", r"\bno ifs\b", r"\bcome (?:hell|rain|what may)\b",
    r"\brain or shine\b", r"\bmoney in the bank\b", r"\bfool[- ]?proof\b", r"\bzero[- ]risk\b", r"\brisk[- ]free\b",
    r"\bnothing can (?:possibly )?go wrong\b",
    r"\bin the bag\b", r"\bset in stone\b", r"\bbulletproof\b", r"\bno strings? .{0,10}promise\b",
    r"\bon my (?:life|honou?r|mother's)\b", rf"\b(?:cast[- ]iron|iron[- ]?clad|copper[- ]bottomed) {_GUARANTEE}\b",
    r"\bhold me to (?:it|that|this)\b", r"\bmy word is my bond\b", r"\bscout'?s'? honou?r\b", r"\bset your watch by\b",
    r"\b(?:put|bet|stake) (?:my|the) (?:\w+ )?(?:house|money|shirt|life|career|job|name|salary)\b",
    r"\b(?:sure|certain) as (?:eggs|the sun|night|day|anything|can be|i'm sitting)\b", r"\bsafe as houses\b",
    r"\b(?:works?|fix(?:es)?|solves?)(?: it)? every (?:single )?time\b", r"\bin stone\b",
    r"\bdead cert(?:ain|ainty)?\b", r"\bas good as (?:yours|done|fixed|sorted|there|refunded|in your)\b",
    r"\b(?:i|we)(?: can| do|'d)?(?: \w+ly)? assure you (?:that )?(?:it|you|the|your|this|they|there|we)\b",
)  # fmt: skip
# Vows that hold a negation or a condition of their own: what is denied in them takes nothing back.
VOWED = either(
    r"\b(?:it|they|that|this|you|\w+s) (?:can't|cannot|couldn't) not [a-z]+\b", r"\beat my hat\b",
    r"\bmy name(?:'s| is)n?'?t? not\b",
    r"\bby hook or by crook\b",
    r"\b(?:can't|cannot|won't|couldn't) (?:possibly )?(?:fail|go wrong)\b",
    r"\bnot a single (?:yuan|cent|penny|pence)\b[^.]{0,20}\b(?:again|ever|more|extra)\b",
)  # fmt: skip
CERTAIN = either(
    r"\b1 ?0 ?0 ?(?:%|per ?cent\b)", r"\b(?:a |one )?hundred[- ]per ?cent\b",
    r"\b(?:110|120|200|1000|99\.9+) ?(?:%|per ?cent\b)", r"\babsolutely\b", r"\bdefinitely\b", r"\bdefo\b",
    r"\bcertainly\b", r"\bfor (?:sure|certain|definite)\b", r"\bsurely\b", r"\bundoubtedly\b",
    r"\bwithout (?:a |any )?doubt\b", r"\bno doubt(?: about (?:it|that)| at all)?\b", r"\bno matter what\b",
    r"\bbeyond (?:any |a )?doubt\b", r"\b(?:i'm|i am|we're|we are) (?:\w+ )?(?:certain|positive)\b",
    r"\bi assure you\b", r"\b(?:can|let me|may) assure you\b", r"\brest assured\b", r"\bone way or another\b",
    r"\bwhatever happens\b", r"\bwhatever it takes\b", r"\bin any case\b", r"\bunquestionably\b",
    r"\bbe bound to\b|\b(?:is|are|'s|'re) (?:bound|sure|certain) to\b", r"\btrust me\b", r"\bbelieve me\b",
    r"\bmake no mistake\b", r"^ ?(?:end of story|full stop|period)\b ?$", r"\bi(?:'m| am) telling you\b",
    r"\b(?:no|without) question(?: about (?:it|that))?\b", r"\ba certainty\b",
    r"\b(?:whatever|no matter (?:what|who|how|if)|regardless of (?:what|who|how|whether)) (?:the |our |my |that |any |"
    r"other )*[a-z]+ (?:\w+ )?(?:says?|decides?|thinks?|wants?|does|objects?|argues?)\b",
)  # fmt: skip
_FUTURE_EVENT = (
    "(?:happens?|fails?|drops?|breaks?|go(?:es)? wrong|cuts? out|occurs?|comes? back|disconnects?|go(?:es)? (?:down|"
    "up)|increases?|rises?|changes?|slows? down|be (?:hacked|interrupted|overcharged|double)|be (?:charged|billed|"
    "cut off|lost|leaked|overcharged|a problem|an issue|any)|lose|have (?:this|that|any|another|to (?:call|worry))|"
    "see (?:this|that|any)|repeat|recur|be repeated|get (?:charged|cut)|leak|let you down|crash|lag)"
)  # fmt: skip
NEVER_AGAIN = either(
    r"\b(?:will|'ll|shall) never (?:ever )?[^.,]{1,40}\bagain\b",
    r"\b(?:our|the|this) (?:network|service|system|line|signal|router|connection|broadband)s? (?:never|can never|"
    r"does not ever) (?:ever )?(?:goes?|fails?|drops?|breaks?|crash\w*|lags?|disconnects?|(?:makes?|has|have) (?:any |"
    r"a )?(?:mistakes?|errors?|faults?)|gets? it wrong)\b",
    r"\b(?:no|not an?|zero) (?:\w+ )?(?:way|chance|possibility|danger|risk)(?: in \w+(?: \w+)?)? (?:that |of )?"
    rf"(?:[\w']+ ){{1,4}}?(?:will |would |could |can |is going to )?(?:ever )?{_FUTURE_EVENT}",
    rf"(?:will|'ll) never(?: ever)?(?: again)? {_FUTURE_EVENT}",
    r"\b(?:won't|will not|is not going to|isn't going to|not going to|shall not)(?: ever| possibly)? (?:happen|occur|"
    r"be repeated|recur)(?: to you)? (?:ever )?again\b",
    r"\b(?:will|'ll) never (?:ever )?(?:again )?(?:happen|be repeated)\b",
    r"\bnever (?:ever )?again\b.{0,20}\b(?:will|'ll|promise)\b",
    rf"\b(?:impossible|out of the question) (?:for|that) (?:\w+ ){{1,4}}(?:to |will |could )?{_FUTURE_EVENT}",
    r"\b(?:zero|no) (?:chance|risk|possibility) (?:of|that|whatsoever|at all)\b",
    r"\bzero (?:chance|risk|possibility|danger) (?:you|it|this|they|anyone|anybody|your|the)\b",
    r"\b(?:nobody|no one|no-one|nothing|none of \w+)(?: \w+){0,2}? (?:will|'ll|can|could|"
    r"shall) ever (?:be able to )?(?:get|see|access|touch|hack|reach|take|find|read|go|happen|charge|bill|break|use|"
    r"steal|know|come|fail|do|listen|watch|cut)\b",
    r"\b(?:is|are|'s|'re) never (?:ever )?(?:going to|gonna|coming|happening)\b",
    r"\b(?:you|it|this|that|they|(?:your|the|our) \w+) (?:won't|will not|'ll not) ever\b",
    r"\b(?:chance|odds|risk|likelihood|possibility)s?(?: of [^,.]{1,40}?)? (?:is|are|'s) (?:exactly |precisely |"
    r"absolutely )?(?:zero|nil|none)\b",
    r"\b(?:under no circumstances|at no (?:point|time)|in no case|not in a million years|not once) (?:will|can|"
    r"could) (?:you|it|this|the|your|they|that)\b", r"\bnot in a million years\b",
    r"\b(?:price|bill|rate|tariff|speed|line|signal|network|connection|service|fee|plan)s? (?:will|'ll|"
    r"is going to) (?:always|forever|never) (?:be|stay|remain|work|go|change|rise|increase)\b",
    r"\b(?:price|rate|fee|bill)s?[^,.]{0,30} (?:for life|forever|for ever)\b",
    rf"\bimpossible to (?:be (?:\w+ly )?)?(?:{_FUTURE_EVENT}|hack|overcharged|charged|cut off|leaked|lose)\b",
)  # fmt: skip
SUPERLATIVE = either(
    r"\b(?:the )?(?:best|cheapest|fastest|safest|lowest|most (?:reliable|secure|stable|advanced|affordable)|"
    r"number one|no\. ?1)\b[^,]{0,30}\b(?:in the (?:whole |entire )?(?:market|country|industry|city|world|business|"
    r"nation)|on the (?:market|planet)|anywhere|of (?:all|any) (?:carriers?|operators?|providers?)|you(?:'ll| will|"
    r" can) (?:ever )?(?:find|get))\b",
    r"\b(?:nobody|no one|no other \w+|no competitor) (?:can |could |will )?(?:beats?|match(?:es)?|comes? close|"
    r"offers? (?:a )?(?:better|lower|cheaper|faster))\b", r"\bunbeatable\b", r"\bbar none\b", r"\bsecond to none\b",
)  # fmt: skip

_WILL = r"(?:will|'ll|is going to|are going to|'re going to|'s going to|gonna|shall|going to)"
_DONE = (
    r"(?:fix(?:ed|es)?|refund(?:ed|s)?|resolv(?:e|es|ed)|restor(?:e|ed)|sort(?:ed)?(?: out)?|solv(?:e|es|ed)|credited|"
    r"ported|transferred|moved|unblocked|unlocked|online|reimbursed|repaid|waived|reconnected|approved|delivered|"
    r"installed|activated|compensated|repaired|corrected|cleared|reversed|cancelled|back (?:on|up|online|in|to|by|"
    r"before|tonight|today|tomorrow|within)|up and running|dropped|removed|lifted|wiped|scrapped|written off|turn up|"
    r"sail through|go (?:through|live)|put right|put back|\w+-?proof|done|working|work|works|arrive|arrives|land|"
    r"go through|"
    r"be (?:there|ready|in your|gone|fine|ok|okay|safe|secure|satisfied|happy|covered|no)|get (?:your|a|the|it|this|"
    r"that|every|all|compensation|refunded|paid|money|what)|have (?:your|a|the|it|this|every|all|no)|receive|win|"
    r"succeed|success|save|show up|be with you|come|happen|pay (?:you|it) back|safe|secure|reliable|leak-?proof|never|"
    r"won't|not (?:happen|be charged|drop|fail|lose|go)|money back|satisfaction|satisfied|guaranteed|coverage|uptime)"
)  # fmt: skip
OUTCOME = Pattern(rf"\b{_DONE}\b")
OUTCOME_TO_COME = Pattern(
    rf"(?:\b|'){_WILL} (?:[\w%']+ ){{0,6}}?{_DONE}\b",
    r"(?:\bis|\bare|'s|'re) (?:\d+ ?% ?)?(?:coming|arriving|landing)\b",
    r"\b(?:safe|secure|reliable|\w+-proof|hackproof|leakproof|money back|satisfaction|guaranteed|success|bound to)\b",
    r"\b(?:won't|will not|never|not going to|'ll not) (?:ever )?(?:happen|be (?:charged|billed|cut|lost|leaked|any|a)|"
    r"drop|fail|lose|go wrong|have (?:this|that|any|another|to)|see|occur|cost|need to|repeat|break)\b"
)  # fmt: skip
EFFORT = Pattern(
    r"\b(?:try|trying|do (?:my|our) (?:\w+ )?best|do (?:everything|all|whatever|what) (?:i|we|that)|best (?:efforts?|"
    r"i can)|look into|looking into|follow (?:\w+ )?(?:up|through)|check|chase|pass (?:\w+ ){1,3}on|pass on|escalate|"
    r"raise|note|make a note|keep (?:you|an eye|on|chasing)|update you|let you know|look at|investigate|"
    r"get back to you|call (?:you )?back|call you|ring you|contact|inform|notify|ask|report|record|listen|"
    r"take (?:this|it|your)(?: \w+)? seriously|work (?:on|hard|with)|stay (?:on|with)|help|assist|understand|agree|"
    r"see|hear|appreciate|apologi[sz]e|own this|explain|review|forward|share|feed|send you|email|be honest|treat|"
    r"handle your)\b"
)  # fmt: skip
LEADS = Pattern(
    "^(?:1|a hundred|hundred|whatever|no matter|regardless|one way|without|no question|make no|i'm telling|"
    "i am telling|trust|believe|i assure|rest assured)"
)
ADVICE = Pattern(
    r"^ ?(?:not|no (?:guarantees?|promises?|certainty|assurance|idea|need|way (?:i|we|to|of))|nothing|can't|cannot|"
    r"don't|unable)\b"
)  # fmt: skip
DENIED = Pattern(
    r"(?:\b(?:not|cannot|nobody|none|never|unable|no|without|hardly|rather|isn't|aren't|wasn't|don't|doesn't|didn't|"
    r"can't|cant|couldn't|won't|wouldn't|shouldn't|mustn't|wont|dont|refus(?:e|ing)|avoid|instead of|impossible|hard|"
    r"difficult|tough|early|wary|reluctant|neither|nor|stop short|hesitate|wish|like to|love to|want to|allowed|"
    r"forbidden|prohibited|banned|few|nothing|hate to|afraid|far from|anything but|barely|scarcely|ain't)\b|"
    r"n't\b)[^.]{0,48}$"
)  # fmt: skip
DENIED_BEHIND = Pattern(
    r"^(?: \w+){0,2} (?:isn't|is not|are not|aren't|would be (?:wrong|untrue)|is (?:impossible|forbidden|not|"
    r"something (?:i|we) (?:can't|cannot))|that i can't)\b", r"^ (?:not|nothing)\b",
)  # fmt: skip
HEDGED = Pattern(
    r"\b(?:please|make|making|could|would|might|may|should|hope|hopefully|aim|maybe|perhaps|probably|possibly|"
    r"in order to|so as to|so that we can|designed|helps?|intended|meant|needed|necessary|required|aims?|whether|if|"
    r"unless|until|before|once|depends?)\b[^.]{0,30}$"
)  # fmt: skip
PURPOSE = Pattern(
    r"^ ?(?:just |this is |it's )?to $|\b(?:in order|so as|is|are|there|steps|measures|details|checks?) to $"
)  # fmt: skip
REPORTED = Pattern(
    r"\b(?:you|he|she|they|customers?|callers?|colleagues?|agents?|reps?|representatives?|someone|somebody|anyone|"
    r"anybody|salesm[ae]n|sales|technicians?|engineer|advert|ads?|website|texts?|messages?|notes?|contracts?|"
    r"polic(?:y|ies)|rules?|scripts?|terms|store|shop|manager|scammers?|fraudsters?|people|another|other|whoever|"
    r"supervisor|team)\b[^.]{0,30}\b(?:sa(?:y|ys|id|ying)|told|mention(?:ed|s)?|wrote|heard|claim(?:ed|s)?|promised?|"
    r"promises|guaranteed?|guarantees|was|were|been|state[sd]?|asked|asks?|want(?:ed|s)?|expect(?:ed)?|need(?:ed)?|"
    r"understood|reads?|offer(?:ed|s)?|gave|given|got|think|thought|believe|feel)\b[^.]{0,40}$",
    r"\b(?:contract|law|policy|regulations?|terms|act|rules?|charter|clause|advert|leaflet|brochure)s? (?:\w+ )?$",
    r"\b(?:so-called|the (?:word|words|phrase|term)|words? like|such as|quote|anyone who|whoever|beware|wary|"
    r"suspicious)\b[^.]{0,24}$",
    r"\b(?:scammers?|fraudsters?|anyone|somebody|someone|nobody|no one|colleagues?|agent|rep|other (?:companies|"
    r"operators|carriers)|another (?:company|operator))\b[^.]{0,24}$",
)  # fmt: skip
REPORTED_BEHIND = Pattern(
    r"^ (?:be (?:asked|required|told|requested)|by (?:a|the|our|my|another|one|someone|whoever)|is a word|was (?:made|"
    r"given)|i (?:was|saw)|you (?:were|was|got|heard|mention))\b"
)  # fmt: skip
ANNOUNCED = Pattern(
    r"\b(?:you|he|she|they|customers?|callers?|colleague|agent|rep|someone|ad|website|text|contract|policy|rules?|"
    r"script|store|message|scammers?)\b[^.]{0,24}\b(?:said|says?|told (?:you|me|us)|mentioned|wrote|claimed|stated|"
    r"reads|heard|states)(?: that| to me| was| is)? ?$"
)  # fmt: skip
CONDITION = Pattern(
    r"\b(?:if|unless|whether|in case|suppose|supposing|even if|should (?:anyone|someone|you)|whenever|when (?:someone|"
    r"anyone|people))\b[^.]{0,60}$"
)  # fmt: skip
SUPPOSED = Pattern(r"\b(?:if|unless|even if|suppose) (?:\w+ )?(?:i|we)\b[^.]{0,24}$")
# The next clause calls it untrue.
DISAVOWED = Pattern(
    r"^ ?(?:and |but |though |which |that|this|it)+(?:'s| is| was| were)? ?(?:just |simply |really |"
    r"actually )?(?:not (?:true|right|accurate|the case|correct|so)|false|untrue|wrong|incorrect|a (?:myth|rumou?r|"
    r"scam|lie)|nonsense)\b",
    r"^ ?(?:and |but |though |which |that |this |it )+(?:isn't|wasn't|is not|was not) (?:true|right|accurate|the case|"
    r"correct|so)\b",
)
# Others could not promise it; I can.
OTHERS_CANNOT = Pattern(
    r"\b(?:can't|couldn't|won't|wouldn't|cannot|didn't|unable to|afraid to|not allowed to)(?: \w+){0,3} (?:promise|"
    r"guarantee|commit|swear|say for (?:sure|certain))\b"
)
BUT_I_CAN = Pattern(r"^ ?(?:but |and |well |so |whereas )*(?:i|we) (?:can|will|do|am|shall)(?: though| however)? ?$")
OWN = Pattern(r"\b(?:i|we)\b")
CUSTOMERS = Pattern(
    r"\b(?:please|you(?:'ll)? (?:need|have to|must|should|might want)|make sure|kindly|could you|can you|"
    r"would you)\b[^.]{0,24}$"
)  # fmt: skip
ASKED_OF_YOU = Pattern(r"\b(?:please|kindly) (?:\w+ )?$")
MEASURED = Pattern(
    r"\b(?:already|has been|have been|was|were|at|reached|used|battery|signal|volume|progress|download(?:ed)?|charged|"
    r"is made|made of|made from|completed?|usage|shows|showing|been)\b[^.]{0,16}$"
)  # fmt: skip
MEASURED_BEHIND = Pattern(
    r"^ ?(?:cotton|wool|digital|of (?:the|your|its|users|customers|that|all)|completed?|charged|battery|juice|"
    r"recycled|natural|fibre|fiber|used|usage|through|done|downloaded|load(?:ed)?|signal|discount|electric|renewable|"
    r"full|brightness|volume|optical|polyester|leather|right (?:to|that)|understand|agree|with you|behind you|clear|"
    r"honest|transparent|focused|committed|on your side)\b"
)  # fmt: skip
ASKED = Pattern(
    r"^[ \"'(]*(?:so |and |then |well |sorry |ok |okay )?(?:can|could|would|will|do|does|did|is|are|was|were|has|have|"
    r"had|should|may|shall|who|what|when|where|why|how|which|whose)\b"
)  # fmt: skip
TAG = Pattern(
    r"(?:\bok(?:ay)?|\ball ?right|\bright|\bdeal|\bfair enough|\bsound good|\byes|\bgood) ?$", r"^ ?(?:i|we)\b"
)  # fmt: skip
